import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readArguments } from './arguments.ts';
import { demonstration, plans } from './clip-plans.ts';
import { Clip } from './clip.ts';
import type { ClipPlan } from './clip.ts';
import { encodePng } from './png.ts';
import { blockedIntervals, coverage, rule, zonePixels } from './truth.ts';
import { VideoFile } from './video.ts';

const help = `node scenes/clips.ts [--out DIR] [--only NAME,NAME] [--width PIXELS] [--height PIXELS] [--fps N] [--seconds N]

Renders clips with their truth: DIR/NAME.mp4, DIR/NAME.json (zone in fractions, coverage of each frame, blocked
intervals by the application's rule, what is in it) and DIR/NAME.masks/0000.png (255 is load).
Clips whose JSON is there already are skipped. Needs the ffmpeg program.

  --out DIR     default out/clips
  --only NAMES  some of: ${plans.map((plan) => plan.name).join(', ')},
                or chute, the demonstration, which is rendered only when named; default all others
  --masks no    leaves the masks out
  --quality N   x264's constant rate factor, default 26
`;

const options = readArguments(
  { out: 'out/clips', only: '', width: '416', height: '312', fps: '5', seconds: '24', masks: 'yes', quality: '26', seed: '' },
  help,
);
const width = Number(options.width);
const height = Number(options.height);
const framesPerSecond = Number(options.fps);
const wanted = options.only === '' ? plans : [...plans, demonstration].filter((plan) => options.only.split(',').includes(plan.name));
if (wanted.length === 0) {
  process.stderr.write(`no clip is called ${options.only}\n\n${help}`);
  process.exit(2);
}
mkdirSync(options.out, { recursive: true });
for (const plan of wanted) {
  if (existsSync(join(options.out, `${plan.name}.json`))) continue;
  await render(options.seed === '' ? plan : { ...plan, seed: Number(options.seed) });
}

async function render(plan: ClipPlan): Promise<void> {
  const started = performance.now();
  const clip = new Clip(plan, width, height);
  const inside = zonePixels(clip.zone, width, height);
  const base = join(options.out, plan.name);
  const video = new VideoFile(`${base}.mp4`, width, height, framesPerSecond, Number(options.quality));
  if (options.masks === 'yes') mkdirSync(`${base}.masks`, { recursive: true });
  const row: [number, number][] = [];
  for (const frame of clip.frames(Number(options.seconds), framesPerSecond)) {
    await video.write(frame.rgb);
    row.push([Math.round(frame.seconds * 1000) / 1000, Math.round(coverage(frame.mask, inside) * 10000) / 10000]);
    if (options.masks === 'yes') {
      const file = join(`${base}.masks`, `${String(row.length - 1).padStart(4, '0')}.png`);
      writeFileSync(file, encodePng(frame.mask.map((m) => m * 255), width, height, 1));
    }
    if (process.stdout.isTTY) process.stdout.write(`\r${plan.name}: ${row.length} frames`);
  }
  await video.close();
  const truth = {
    name: plan.name,
    video: `${plan.name}.mp4`,
    width,
    height,
    framesPerSecond,
    zone: { name: plan.kind === 'pan' ? 'chute' : 'belt', points: clip.zone },
    scene: {
      seed: clip.scene.seed, split: plan.split, course: plan.course, bed: clip.scene.bed.kind,
      material: clip.scene.material.name, lens: clip.view.lens.name, light: clip.view.lighting.name,
    },
    rule,
    coverage: row,
    blocked: blockedIntervals(row),
  };
  writeFileSync(`${base}.json`, `${JSON.stringify(truth)}\n`);
  const seconds = ((performance.now() - started) / 1000).toFixed(0);
  process.stdout.write(`${process.stdout.isTTY ? '\r' : ''}${plan.name}: ${row.length} frames in ${seconds} s\n`);
}
