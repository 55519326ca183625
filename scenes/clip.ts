import { glare, meanLight, veil } from './atmosphere.ts';
import type { Bed } from './bed.ts';
import { motionBlur } from './blur.ts';
import type { Vector } from './camera.ts';
import { Camera } from './camera.ts';
import type { ClipFrame } from './clip-writer.ts';
import type { Course, CourseName } from './courses.ts';
import { courses } from './courses.ts';
import { drawFalling } from './falling.ts';
import { clouds } from './noise.ts';
import { Random } from './random.ts';
import type { Scene, Split, View } from './scene.ts';
import { drawScene, drawView } from './scene.ts';
import { autoExposure, develop } from './sensor.ts';
import { trace } from './trace.ts';
import type { Zone } from './truth.ts';
import { coverage, zonePixels } from './truth.ts';

export interface ClipPlan {
  readonly name: string;
  readonly seed: number;
  readonly split: Split;
  readonly course: CourseName;
  readonly kind: Bed['kind'];
  readonly material?: string;
  /** Camera shake as a share of the viewing distance. */
  readonly shake?: number;
  readonly dust?: number;
  readonly light?: string;
  readonly blackBelt?: boolean;
  /** No lumps in the air, for clips in which a lump hanging over the rim would look odd. */
  readonly nothingFalls?: boolean;
}

const SHAPES = ['ridge', 'level', 'patches'];
const LEVELS = 14;

/** A clip in the making: one bed, one camera, a load that changes. */
export class Clip {
  readonly zone: Zone;
  readonly scene: Scene;
  readonly view: View;
  readonly #plan: ClipPlan;
  readonly #course: Course;
  readonly #width: number;
  readonly #height: number;
  /** Covered share of the bed at evenly spaced fills. */
  readonly #covers: number[] = [];
  #gain = 0;

  constructor(plan: ClipPlan, width: number, height: number) {
    this.#plan = plan;
    this.#course = courses[plan.course];
    this.#width = width;
    this.#height = height;
    const found = findView(plan, width, height);
    this.scene = found.scene;
    this.view = found.view;
    this.zone = found.zone;
    if (plan.course !== 'empty') this.#measureFills();
  }

  /** Renders all frames in order; `framesPerSecond` also spaces the belt's travel. */
  *frames(seconds: number, framesPerSecond: number): Generator<ClipFrame> {
    let shift = 3;
    for (let n = 0; n < seconds * framesPerSecond; n++) {
      const t = n / framesPerSecond;
      const speed = this.view.speed * this.#course.speed(t);
      shift += speed / framesPerSecond;
      yield { ...this.#render(t, shift, speed), seconds: t };
    }
  }

  #measureFills(): void {
    const { scene } = this;
    for (let k = 0; k < LEVELS; k++) {
      scene.load.fill = fillOf(k);
      scene.surface.lay(scene.bed, scene.load, scene.material, scene.tile, 3, scene.tileCell);
      const { loaded, columns, rows } = scene.surface;
      let count = 0;
      let load = 0;
      for (let r = Math.floor(rows * 0.25); r < rows * 0.65; r += 3) {
        for (let c = Math.floor(columns * 0.15); c < columns * 0.85; c += 3) {
          count++;
          load += loaded[r * columns + c];
        }
      }
      this.#covers.push(load / count);
    }
  }

  #fillFor(cover: number): number {
    if (cover <= 0) return 0;
    const above = this.#covers.findIndex((c) => c >= cover);
    if (above === -1) return fillOf(LEVELS - 1);
    if (above === 0) return (fillOf(0) * cover) / this.#covers[0];
    const low = this.#covers[above - 1];
    const part = (cover - low) / Math.max(1e-6, this.#covers[above] - low);
    return fillOf(above - 1) + (fillOf(above) - fillOf(above - 1)) * part;
  }

  #render(t: number, shift: number, speed: number): { rgb: Uint8Array; mask: Uint8Array } {
    const { scene, view } = this;
    scene.load.fill = this.#fillFor(this.#course.cover(t));
    scene.surface.lay(scene.bed, scene.load, scene.material, scene.tile, shift, scene.tileCell);
    const camera = this.#shaken(t);
    const bedMoves = scene.bed.kind === 'belt' && speed > 0;
    const picture = trace(
      { surface: scene.surface, items: scene.items, lighting: view.lighting, camera, bedMoves, relief: 1 },
      this.#width,
      this.#height,
    );
    // The exposure of a fixed camera follows slowly; here it stays.
    if (this.#gain === 0) this.#gain = autoExposure(picture, view.sensor, view.lighting.exposure);
    if (view.falling.length > 0 && speed > 0.1)
      drawFalling(
        picture,
        fallAt(view, t),
        camera,
        scene.material,
        view.exposureSeconds,
        3 * meanLight(picture),
      );
    motionBlur(picture, camera, speed * view.exposureSeconds);
    veil(picture, view.dust, view.lighting, t);
    glare(picture, camera, view.lighting, 1 + 0.3 * clouds.smoothAt(t * 400, 7));
    return {
      rgb: develop(picture, view.sensor, this.#gain, new Random(Math.round(t * 1000) + 9)),
      mask: picture.mask,
    };
  }

  #shaken(t: number): Camera {
    const { view } = this;
    const amount = this.#plan.shake ?? 0;
    const wobble = (k: number) => amount * 2 * clouds.smoothAt(t * 60, k * 37 + 5);
    const target: Vector = [
      view.target[0] + wobble(1),
      view.target[1] + wobble(2),
      view.target[2] + wobble(3),
    ];
    return new Camera(view.place, target, view.roll + wobble(4) * 0.3, view.lens);
  }
}

function fillOf(level: number): number {
  return 0.02 + (1.75 * level) / (LEVELS - 1);
}

function fallAt(view: View, t: number) {
  const tops = view.falling.map((lump) => lump.place[2]);
  const low = Math.min(...tops);
  const span = Math.max(...tops) - low + 0.01;
  return view.falling.map((lump) => {
    const z = lump.place[2] - low + lump.velocity[2] * t;
    return { ...lump, place: [lump.place[0], lump.place[1], low + z - span * Math.floor(z / span)] as const };
  });
}

/** The first seed from the plan's on in which the zone can be seen whole and large enough. */
function findView(plan: ClipPlan, width: number, height: number): { scene: Scene; view: View; zone: Zone } {
  for (let attempt = 0; attempt < 400; attempt++) {
    const random = new Random(plan.seed * 1000 + attempt);
    const seed = 100_000_000 + plan.seed * 1000 + attempt;
    const choice = {
      split: plan.split,
      kind: plan.kind,
      ...(plan.material === undefined ? {} : { material: plan.material }),
    };
    const scene = drawScene(seed, choice);
    if (!SHAPES.includes(scene.load.shape) && plan.course !== 'empty') continue;
    if (plan.blackBelt === true && scene.bed.colour[1] > 0.03) continue;
    for (let k = 0; k < 8; k++) {
      const view = adapt(drawView(scene, random.fork(), plan.split), plan);
      if (plan.light !== undefined && view.lighting.name !== plan.light) continue;
      const zone = projectZone(scene, view, width, height);
      if (zone !== undefined && showsLoad(scene, view, zone, plan)) return { scene, view, zone };
    }
  }
  throw new RangeError(`no view of the zone was found for ${plan.name}`);
}

/** Whether nothing stands in front of the zone, and a full bed fills it. */
function showsLoad(scene: Scene, view: View, zone: Zone, plan: ClipPlan): boolean {
  const width = 80;
  const height = 60;
  const inside = zonePixels(zone, width, height);
  scene.load.fill = plan.course === 'empty' ? 0 : fillOf(LEVELS - 1);
  scene.surface.lay(scene.bed, scene.load, scene.material, scene.tile, 3, scene.tileCell);
  const { items } = scene;
  const stage = {
    surface: scene.surface,
    items,
    lighting: view.lighting,
    camera: view.camera,
    bedMoves: true,
    relief: 1,
  };
  const picture = trace(stage, width, height);
  return (
    coverage(picture.moving, inside) > 0.97 &&
    (plan.course === 'empty' || coverage(picture.mask, inside) > 0.93)
  );
}

function adapt(view: View, plan: ClipPlan): View {
  const dust = plan.dust === undefined ? view.dust : { ...view.dust, density: plan.dust, cloudiness: 1 };
  const falling = plan.nothingFalls === true ? [] : view.falling;
  return {
    ...view,
    dust,
    falling,
    speed: plan.course === 'empty' ? view.speed : Math.max(0.3, view.speed * 0.5),
  };
}

/** The middle of the bed as a polygon of the picture, or undefined when it is cut off or tiny. */
function projectZone(scene: Scene, view: View, width: number, height: number): Zone | undefined {
  const w = scene.bed.halfWidth * 0.7;
  const near = scene.bed.length * 0.25;
  const far = scene.bed.length * 0.65;
  const corners: Vector[] = [
    [-w, near, 0],
    [-w, far, 0],
    [0, far, 0],
    [w, far, 0],
    [w, near, 0],
    [0, near, 0],
  ];
  const zone: [number, number][] = [];
  for (const corner of corners) {
    const seen = view.camera.project(corner, width, height);
    if (seen === undefined) return undefined;
    const x = seen.x / width;
    const y = seen.y / height;
    if (x < 0.02 || y < 0.02 || x > 0.98 || y > 0.98) return undefined;
    zone.push([Math.round(x * 1000) / 1000, Math.round(y * 1000) / 1000]);
  }
  let area = 0;
  for (let i = 0; i < zone.length; i++) {
    const [x0, y0] = zone[i];
    const [x1, y1] = zone[(i + 1) % zone.length];
    area += x0 * y1 - x1 * y0;
  }
  return Math.abs(area) / 2 > 0.06 ? zone : undefined;
}
