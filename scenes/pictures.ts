import { readArguments } from './arguments.ts';
import { PictureFolder } from './picture-folder.ts';
import { Random } from './random.ts';
import type { Scene, Split } from './scene.ts';
import { drawScene, drawView, renderView } from './scene.ts';

const help = `node scenes/pictures.ts [--out DIR] [--pictures N] [--first N] [--size PIXELS] [--split train|held-out]

Renders pictures of bulk material on belts, in chutes and in heaps, each with its exact mask:
DIR/000000.png, DIR/000000.mask.png (255 is load) and DIR/000000.json (what is in it).
Pictures that are there already are skipped, so that an interrupted run goes on where it was.
Several processes share the work by --first.

  --out DIR       default out/pictures
  --pictures N    how many, default 4
  --first N       number of the first, default 0; must be a multiple of 4
  --size PIXELS   width, default 416
  --split NAME    held-out uses only materials, lenses and lights that training never sees; default train
`;

const VIEWS_PER_SCENE = 4;
const VIEWS_PER_LOAD = 2;

const options = readArguments(
  { out: 'out/pictures', pictures: '4', first: '0', size: '416', split: 'train' },
  help,
);
const split: Split = options.split === 'held-out' ? 'held-out' : 'train';
const width = Number(options.size);
const first = Number(options.first);
const last = first + Number(options.pictures);
const folder = new PictureFolder(options.out);

const started = performance.now();
let rendered = 0;
for (let start = first - (first % VIEWS_PER_SCENE); start < last; start += VIEWS_PER_SCENE) {
  const numbers = Array.from({ length: VIEWS_PER_SCENE }, (_, k) => start + k).filter(
    (n) => n >= first && n < last,
  );
  if (numbers.every((n) => folder.has(n))) continue;
  // Held-out scenes get seeds of their own as well as kinds of their own.
  const scene = drawScene(split === 'train' ? start : start + 50_000_000, { split });
  const random = new Random(scene.seed + 1);
  for (const n of numbers) renderOne(scene, n, random);
  progress();
}

function renderOne(scene: Scene, number: number, random: Random): void {
  const nth = number % VIEWS_PER_SCENE;
  const own = random.fork();
  if (nth % VIEWS_PER_LOAD === 0) {
    // Another load on the same bed: the model is to look at the load, not at the place.
    if (nth > 0 && scene.load.fill > 0) scene.load.fill = own.chance(0.15) ? 0 : own.range(0.1, 1.4);
    scene.surface.lay(scene.bed, scene.load, scene.material, scene.tile, own.range(0, 40), scene.tileCell);
  }
  const height = Math.round((width * own.pick([0.75, 0.75, 0.5625, 1])) / 2) * 2;
  const view = drawView(scene, own, split);
  const { picture, rgb } = renderView(scene, view, width, height, 0);
  const about = {
    seed: scene.seed,
    split,
    bed: scene.bed.kind,
    material: scene.material.name,
    shape: scene.load.shape,
    lens: view.lens.name,
    light: view.lighting.name,
    coverage: share(picture.mask),
  };
  folder.write(number, { rgb, mask: picture.mask, width, height }, about);
  rendered++;
}

function share(mask: Uint8Array): number {
  let count = 0;
  for (const m of mask) count += m;
  return Math.round((count / mask.length) * 10000) / 10000;
}

function progress(): void {
  const seconds = (performance.now() - started) / 1000;
  const line = `${rendered} pictures, ${(rendered / seconds).toFixed(1)} a second`;
  if (process.stdout.isTTY) process.stdout.write(`\r${line}`);
  else if (rendered % 100 === 0) process.stdout.write(`${line}\n`);
}
process.stdout.write(`${process.stdout.isTTY ? '\r' : ''}${rendered} pictures in ${options.out}\n`);
