import {
  AmbientLight,
  BoxGeometry,
  type BufferAttribute,
  type BufferGeometry,
  CanvasTexture,
  Color,
  CylinderGeometry,
  DirectionalLight,
  DoubleSide,
  Fog,
  IcosahedronGeometry,
  InstancedMesh,
  Matrix4,
  Mesh,
  MeshBasicMaterial,
  MeshStandardMaterial,
  PerspectiveCamera,
  PlaneGeometry,
  Quaternion,
  RepeatWrapping,
  Scene,
  SphereGeometry,
  SpotLight,
  SRGBColorSpace,
  Vector3,
  WebGLRenderer,
} from 'three';
import { Random } from '../random.ts';
import type { ThreePlan } from './plan.ts';

/** Runs inside the browser: a belt with instanced lumps, physically based shading, shadow maps. */
class Stage {
  readonly #random: Random;
  readonly #plan: ThreePlan;
  readonly #renderer: WebGLRenderer;
  readonly #scene = new Scene();
  readonly #camera: PerspectiveCamera;
  readonly #lumps: InstancedMesh[] = [];
  readonly #places: {
    mesh: number;
    index: number;
    x: number;
    y: number;
    z: number;
    size: number;
    turn: Quaternion;
  }[] = [];
  readonly #others: Mesh[] = [];

  constructor(plan: ThreePlan) {
    this.#plan = plan;
    this.#random = new Random(plan.seed);
    this.#renderer = new WebGLRenderer({ antialias: true, preserveDrawingBuffer: true });
    this.#renderer.setSize(plan.width, plan.height);
    this.#renderer.shadowMap.enabled = true;
    this.#camera = new PerspectiveCamera(plan.fieldOfView, plan.width / plan.height, 0.05, 60);
    this.#build();
  }

  /** Corners of the zone in fractions of the picture. */
  zone(): [number, number][] {
    this.#aim(0, 0);
    const half = this.#plan.halfWidth * 0.7;
    return [
      [-half, 0.7],
      [-half, -0.9],
      [half, -0.9],
      [half, 0.7],
    ].map(([x, z]) => {
      const p = new Vector3(x, 0.02, z).project(this.#camera);
      return [Math.round((p.x + 1) * 500) / 1000, Math.round((1 - p.y) * 500) / 1000];
    });
  }

  /** Renders `count` lumps with the belt run on by `shift` metres; answers colour, then mask, as base64 of RGB rows. */
  render(count: number, shift: number, seconds: number): [string, string] {
    this.#aim(seconds, this.#plan.shake);
    this.#placeLumps(count, shift);
    this.#renderer.render(this.#scene, this.#camera);
    const colour = this.#readPixels();
    const black = new MeshBasicMaterial({ color: 0x000000, side: DoubleSide, fog: false });
    const white = new MeshBasicMaterial({ color: 0xffffff, fog: false });
    const kept = [...this.#others, ...this.#lumps].map((mesh) => mesh.material);
    const background = this.#scene.background;
    const fog = this.#scene.fog;
    for (const mesh of this.#others) mesh.material = black;
    for (const mesh of this.#lumps) mesh.material = white;
    this.#scene.background = new Color(0);
    this.#scene.fog = null;
    this.#renderer.render(this.#scene, this.#camera);
    const mask = this.#readPixels();
    [...this.#others, ...this.#lumps].forEach((mesh, i) => {
      mesh.material = kept[i];
    });
    this.#scene.background = background;
    this.#scene.fog = fog;
    return [colour, mask];
  }

  /** The drawn picture, top row first. */
  #readPixels(): string {
    const { width, height } = this.#plan;
    const context = this.#renderer.getContext();
    const raw = new Uint8Array(width * height * 4);
    context.readPixels(0, 0, width, height, context.RGBA, context.UNSIGNED_BYTE, raw);
    let text = '';
    for (let y = height - 1; y >= 0; y--) {
      const row = new Uint8Array(width * 3);
      for (let x = 0; x < width; x++) {
        for (let k = 0; k < 3; k++) row[3 * x + k] = raw[4 * (y * width + x) + k];
      }
      text += String.fromCharCode(...row);
    }
    return btoa(text);
  }

  #aim(seconds: number, shake: number): void {
    const [x, y, z] = this.#plan.camera;
    const wobble = (k: number) =>
      shake * (Math.sin(seconds * 23 + k * 2.1) + Math.sin(seconds * 41 + k * 5.3)) * 0.5;
    this.#camera.position.set(x + wobble(1) * 0.3, y, z);
    this.#camera.lookAt(wobble(2), 0.05 + wobble(3), -0.1);
    this.#camera.updateMatrixWorld();
  }

  #build(): void {
    const plan = this.#plan;
    const random = this.#random;
    const add = (
      geometry: BufferGeometry,
      material: MeshStandardMaterial,
      x: number,
      y: number,
      z: number,
    ): Mesh => {
      const mesh = new Mesh(geometry, material);
      mesh.position.set(x, y, z);
      mesh.receiveShadow = true;
      mesh.castShadow = true;
      this.#scene.add(mesh);
      this.#others.push(mesh);
      return mesh;
    };
    const belt = new MeshStandardMaterial({
      color: plan.beltColour,
      roughness: plan.beltRoughness,
      map: noiseTexture(random, 0.25, true),
      side: DoubleSide,
    });
    add(trough(plan.halfWidth, plan.trough), belt, 0, 0, 0);
    const steel = new MeshStandardMaterial({
      color: plan.steelColour,
      roughness: 0.5,
      metalness: 0.4,
      map: noiseTexture(random, 0.3, false),
    });
    const edge = plan.halfWidth + 0.06;
    for (const side of [-1, 1]) {
      add(new BoxGeometry(0.08, plan.wall, 8), steel, side * edge, plan.wall / 2 - 0.05, -1);
      for (let z = -4; z < 3; z += 0.7) {
        const idler = add(new CylinderGeometry(0.06, 0.06, 0.4, 12), steel, side * (edge + 0.15), -0.05, z);
        idler.rotation.z = Math.PI / 2 + side * 0.4;
      }
    }
    const floor = new MeshStandardMaterial({
      color: plan.floorColour,
      roughness: 0.95,
      map: noiseTexture(random, 0.5, false),
    });
    add(new PlaneGeometry(14, 14), floor, 0, -0.8, 0).rotation.x = -Math.PI / 2;
    add(new PlaneGeometry(14, 6), floor, 0, 1.5, -4.5);
    this.#scene.background = new Color(plan.background);
    if (plan.fog > 0) this.#scene.fog = new Fog(plan.background, 0.5, plan.fog);
    this.#scene.add(new AmbientLight(0xffffff, plan.ambient));
    const sun = plan.spot
      ? new SpotLight(plan.lightColour, plan.light * 12, 0, 0.7, 0.6)
      : new DirectionalLight(plan.lightColour, plan.light);
    sun.position.set(...plan.lightPlace);
    sun.castShadow = true;
    sun.shadow.mapSize.set(1024, 1024);
    sun.shadow.bias = -0.002;
    this.#scene.add(sun);
    this.#makeLumps();
    for (let n = 0; n < plan.things; n++) {
      const colour = new Color().setHSL(random.next(), random.next() ** 2, random.range(0.05, 0.9));
      const material = new MeshStandardMaterial({ color: colour, roughness: random.range(0.2, 1) });
      const size = random.logRange(0.03, 0.3);
      const shapes = [
        () => new BoxGeometry(size, size * random.range(0.2, 1), size * random.range(0.5, 4)),
        () => new CylinderGeometry(size * 0.3, size * 0.3, size * random.range(0.5, 5), 16),
        () => new SphereGeometry(size * 0.5, 24, 16),
      ];
      const across = random.range(-0.8, 0.8) * plan.halfWidth;
      const thing = add(random.pick(shapes)(), material, across, size * 0.5, random.range(-2, 1.2));
      thing.rotation.set(random.range(0, 0.4), random.range(0, 6), random.range(0, 2));
    }
  }

  #makeLumps(): void {
    const plan = this.#plan;
    const random = this.#random;
    const material = new MeshStandardMaterial({
      color: plan.lumpColour,
      roughness: plan.lumpRoughness,
      metalness: 0,
      flatShading: true,
      map: noiseTexture(random, 0.6, false),
    });
    const perShape = Math.ceil(plan.lumps / 5);
    for (let shape = 0; shape < 5; shape++) {
      const mesh = new InstancedMesh(stone(random), material, perShape);
      mesh.castShadow = true;
      mesh.receiveShadow = true;
      mesh.frustumCulled = false;
      this.#scene.add(mesh);
      this.#lumps.push(mesh);
      for (let index = 0; index < perShape; index++) {
        const tone = random.range(0.5, 1.5);
        mesh.setColorAt(index, new Color(tone, tone, tone));
      }
    }
    // Lumps come to lie on what is there already: a coarse height map keeps the heap's top.
    const cells = 0.05;
    const tops = new Map<string, number>();
    for (let n = 0; n < plan.lumps; n++) {
      const size = plan.lumpSize * Math.exp(random.normal() * 0.45);
      const x = Math.max(-0.97, Math.min(0.97, random.normal() * 0.5)) * plan.halfWidth;
      const y = random.range(-3, 3);
      const key = `${Math.round(x / cells)},${Math.round(y / cells)}`;
      const z =
        Math.max(tops.get(key) ?? 0, Math.max(0, Math.abs(x) - plan.halfWidth * 0.4) * plan.trough) +
        size * 0.35;
      for (let i = -1; i <= 1; i++) {
        for (let j = -1; j <= 1; j++) {
          const at = `${Math.round(x / cells) + i},${Math.round(y / cells) + j}`;
          tops.set(at, Math.max(tops.get(at) ?? 0, z - size * 0.1));
        }
      }
      const turn = new Quaternion(
        random.normal(),
        random.normal(),
        random.normal(),
        random.normal(),
      ).normalize();
      this.#places.push({
        mesh: n % 5,
        index: Math.floor(n / 5),
        x,
        y,
        z: Math.min(z, plan.halfWidth * 0.9),
        size,
        turn,
      });
    }
  }

  #placeLumps(count: number, shift: number): void {
    const matrix = new Matrix4();
    this.#places.forEach((lump, n) => {
      const along = ((((lump.y + shift + 3) % 6) + 6) % 6) - 3;
      const size = n < count ? lump.size : 0;
      matrix.compose(new Vector3(lump.x, lump.z, along), lump.turn, new Vector3(size, size, size));
      this.#lumps[lump.mesh].setMatrixAt(lump.index, matrix);
    });
    for (const mesh of this.#lumps) mesh.instanceMatrix.needsUpdate = true;
  }
}

function trough(halfWidth: number, rise: number): BufferGeometry {
  const geometry = new PlaneGeometry(2 * halfWidth, 8, 24, 1);
  geometry.rotateX(-Math.PI / 2);
  const position = geometry.getAttribute('position');
  for (let i = 0; i < position.count; i++) {
    position.setY(i, Math.max(0, Math.abs(position.getX(i)) - halfWidth * 0.4) * rise);
  }
  geometry.computeVertexNormals();
  return geometry;
}

/** An icosahedron pushed about: corners move together, so that it stays closed. */
function stone(random: Random): BufferGeometry {
  const geometry = new IcosahedronGeometry(0.5, 1);
  const position = geometry.getAttribute('position') as BufferAttribute;
  const moved = new Map<string, number>();
  const squeeze = [random.range(0.6, 1.1), random.range(0.5, 1), random.range(0.7, 1.2)];
  for (let i = 0; i < position.count; i++) {
    const key = [position.getX(i), position.getY(i), position.getZ(i)].map((v) => v.toFixed(3)).join();
    const factor = moved.get(key) ?? random.range(0.72, 1.15);
    moved.set(key, factor);
    position.setXYZ(
      i,
      position.getX(i) * factor * squeeze[0],
      position.getY(i) * factor * squeeze[1],
      position.getZ(i) * factor * squeeze[2],
    );
  }
  geometry.computeVertexNormals();
  return geometry;
}

function noiseTexture(random: Random, strength: number, streaked: boolean): CanvasTexture {
  const canvas = document.createElement('canvas');
  canvas.width = 128;
  canvas.height = 128;
  const context = canvas.getContext('2d');
  if (context === null) throw new Error('this browser draws no canvas');
  context.fillStyle = '#ddd';
  context.fillRect(0, 0, 128, 128);
  for (let i = 0; i < 900; i++) {
    const tone = Math.round(255 * (1 - strength * random.next()));
    context.fillStyle = `rgba(${tone},${tone},${tone},0.4)`;
    const size = random.logRange(1, 14);
    context.fillRect(random.range(-4, 128), random.range(-60, 128), size, streaked ? size * 8 : size);
  }
  const texture = new CanvasTexture(canvas);
  texture.colorSpace = SRGBColorSpace;
  texture.wrapS = RepeatWrapping;
  texture.wrapT = RepeatWrapping;
  return texture;
}

(globalThis as unknown as { openStage: (plan: ThreePlan) => Stage }).openStage = (plan) => new Stage(plan);
