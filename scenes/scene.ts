import type { Dust } from './atmosphere.ts';
import { drawDust, glare, meanLight, veil } from './atmosphere.ts';
import type { Bed } from './bed.ts';
import { drawBed } from './bed.ts';
import { motionBlur } from './blur.ts';
import type { Lens, Vector } from './camera.ts';
import { Camera, drawLens } from './camera.ts';
import type { FallingLump } from './falling.ts';
import { drawFall, drawFalling } from './falling.ts';
import type { Lighting } from './lights.ts';
import { drawLighting } from './lights.ts';
import type { Load } from './load.ts';
import { drawLoad } from './load.ts';
import { LumpTile } from './lumps.ts';
import type { LoadMaterial } from './materials.ts';
import { drawMaterial } from './materials.ts';
import type { Primitive } from './primitives.ts';
import { Random } from './random.ts';
import type { Sensor } from './sensor.ts';
import { autoExposure, develop, drawSensor } from './sensor.ts';
import { Surface } from './surface.ts';
import { drawForeign, drawSurroundings } from './surroundings.ts';
import type { Picture } from './trace.ts';
import { trace } from './trace.ts';

export type Split = 'train' | 'held-out';

/** Everything that a picture is made from; all of it follows from a seed. */
export interface Scene {
  readonly seed: number;
  readonly bed: Bed;
  readonly load: Load;
  readonly material: LoadMaterial;
  readonly tile: LumpTile;
  /** Size of one cell of the tile in metres. */
  readonly tileCell: number;
  readonly surface: Surface;
  readonly items: readonly Primitive[];
  readonly reach: number;
}

export interface View {
  readonly camera: Camera;
  readonly place: Vector;
  readonly target: Vector;
  readonly roll: number;
  readonly lens: Lens;
  readonly lighting: Lighting;
  readonly sensor: Sensor;
  readonly dust: Dust;
  readonly falling: readonly FallingLump[];
  readonly exposureSeconds: number;
  readonly speed: number;
  readonly relief: number;
}

export interface SceneChoice {
  readonly split: Split;
  readonly kind?: Bed['kind'];
  readonly material?: string;
}

const TILE_SIZE = 512;
const CELLS = 300_000;

export function drawScene(seed: number, choice: SceneChoice): Scene {
  const random = new Random(seed);
  const kind = choice.kind ?? random.pick(['belt', 'belt', 'belt', 'pan', 'floor'] as const);
  const bed = drawBed(random.fork(), kind);
  const material = drawMaterial(random.fork(), choice.split, choice.material);
  const load = drawLoad(random.fork(), bed);
  const foreign = random.chance(0.5) ? drawForeign(random.fork(), bed) : [];
  return {
    seed,
    bed,
    load: random.chance(0.14) ? { ...load, fill: 0 } : load,
    material,
    tile: new LumpTile(TILE_SIZE, material.lumps, random.fork()),
    tileCell: random.logRange(0.0025, 0.008) * (kind === 'floor' ? 2 : 1),
    surface: new Surface(bed.halfWidth, bed.length, CELLS),
    items: [...drawSurroundings(random.fork(), bed), ...foreign],
    reach: Math.max(2 * bed.halfWidth, bed.length * 0.6),
  };
}

export function drawView(scene: Scene, random: Random, split: Split): View {
  const { bed, reach } = scene;
  const lens = drawLens(random, split);
  const place = drawPlace(random, bed, lens);
  const target: Vector = [
    random.normal() * 0.25 * bed.halfWidth,
    bed.length * random.range(0.25, 0.65),
    random.range(0, 0.2),
  ];
  const roll = random.normal() * 0.12;
  const falls = scene.load.fill > 0 && random.chance(0.22);
  const over: Vector = [random.normal() * 0.3 * bed.halfWidth, bed.length * random.range(0.3, 0.8), 0.1];
  return {
    camera: new Camera(place, target, roll, lens),
    place,
    target,
    roll,
    lens,
    lighting: drawLighting(random.fork(), reach, split),
    sensor: drawSensor(random.fork()),
    dust: drawDust(random.fork(), Math.hypot(...place)),
    falling: falls
      ? drawFall(
          random.fork(),
          over,
          bed.halfWidth * 0.5,
          random.range(0.5, 2),
          scene.material.lumps.medianRadius * scene.tileCell,
        )
      : [],
    exposureSeconds: random.logRange(0.001, 0.04),
    speed: random.chance(0.3) ? 0 : random.range(0.2, 3),
    relief: random.chance(0.15) ? random.range(0, 0.5) : 1,
  };
}

/** Above the bed and off its start, closer with wide lenses; one time in five so close that load is all one sees. */
function drawPlace(random: Random, bed: Bed, lens: Lens): Vector {
  const stand = 1 / Math.tan(Math.min(1.25, lens.fieldOfView / 2));
  const close = random.chance(0.2) ? 0.35 : 1;
  const far = close * Math.max(0.25, stand) * bed.halfWidth * random.range(1.2, 3.2);
  const pitch = random.range(0.3, 1.5);
  const aim = bed.length * random.range(0.2, 0.5);
  return [
    random.normal() * bed.halfWidth * 0.7 * close,
    aim - far * Math.cos(pitch) * random.pick([1, 1, 1, -0.6]),
    far * Math.sin(pitch) + 0.25,
  ];
}

/** Renders one picture of a scene whose surface has been laid. */
export function renderView(
  scene: Scene,
  view: View,
  width: number,
  height: number,
  seconds: number,
): { picture: Picture; rgb: Uint8Array } {
  const picture = trace(
    {
      surface: scene.surface,
      items: scene.items,
      lighting: view.lighting,
      camera: view.camera,
      bedMoves: scene.bed.kind === 'belt' && view.speed > 0,
      relief: view.relief,
    },
    width,
    height,
  );
  const gain = autoExposure(picture, view.sensor, view.lighting.exposure);
  if (view.falling.length > 0)
    drawFalling(
      picture,
      view.falling,
      view.camera,
      scene.material,
      view.exposureSeconds,
      3 * meanLight(picture),
    );
  motionBlur(picture, view.camera, view.speed * view.exposureSeconds);
  veil(picture, view.dust, view.lighting, seconds);
  glare(picture, view.camera, view.lighting, 1);
  return {
    picture,
    rgb: develop(picture, view.sensor, gain, new Random(scene.seed + Math.round(seconds * 1000))),
  };
}
