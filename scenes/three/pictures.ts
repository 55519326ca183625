import { readArguments } from '../arguments.ts';
import { PictureFolder } from '../picture-folder.ts';
import { Random } from '../random.ts';
import { Browser } from './browser.ts';
import { drawThreePlan } from './plan.ts';

const help = `node scenes/three/pictures.ts [--out DIR] [--pictures N] [--first N] [--size PIXELS]

Renders pictures for training with three.js in Chromium, two of each scene, as scenes/pictures.ts does with the height
field: DIR/000000.png and DIR/000000.mask.png (255 is load). Pictures that are there already are skipped.

  --out DIR       default out/pictures-three
  --pictures N    how many, default 4
  --first N       number of the first, default 0; even
  --size PIXELS   width, default 416
`;

const PER_SCENE = 2;
/** Away from the seeds of the clips in plan.ts, which training must not see. */
const FIRST_SEED = 1000;

const options = readArguments({ out: 'out/pictures-three', pictures: '4', first: '0', size: '416' }, help);
const width = Number(options.size);
const first = Number(options.first);
const last = first + Number(options.pictures);
const folder = new PictureFolder(options.out);

await using browser = await Browser.open();
for (let start = first; start < last; start += PER_SCENE) {
  const numbers = Array.from({ length: PER_SCENE }, (_, k) => start + k);
  if (numbers.every((n) => folder.has(n))) continue;
  const random = new Random(FIRST_SEED + start);
  const height = Math.round((width * random.pick([0.75, 0.75, 0.5625, 1])) / 2) * 2;
  const plan = drawThreePlan(FIRST_SEED + start, width, height);
  await browser.prepare(plan);
  for (const n of numbers) {
    // Few lumps as often as many: gaps between single lumps are what is hard.
    const count = random.chance(0.12) ? 0 : Math.round(plan.lumps * random.next() ** 1.7);
    const { rgb, mask } = await browser.render(count, random.range(0, 6), 0);
    folder.write(n, { rgb, mask, width, height });
  }
  if ((start - first) % 100 === 0) process.stdout.write(`${start - first + PER_SCENE} pictures\n`);
}
