import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { readArguments } from './arguments.ts';
import { Clip } from './clip.ts';
import { demonstration, plans } from './clip-plans.ts';
import type { ClipForm } from './clip-writer.ts';
import { writeClip } from './clip-writer.ts';
import { Browser } from './three/browser.ts';
import { ThreeClip } from './three/clip.ts';
import { threePlans } from './three/plan.ts';

const help = `node scenes/clips.ts [--out DIR] [--only NAME,NAME] [--width PIXELS] [--height PIXELS] [--fps N] [--seconds N]

Renders clips with their truth: DIR/NAME.mp4, DIR/NAME.json (zone in fractions, coverage of each frame, blocked
intervals by the application's rule, what is in it) and DIR/NAME.masks/0000.png (255 is load).
Clips whose JSON is there already are skipped. Needs the ffmpeg program; names with three- also need Chromium.

  --out DIR     default out/clips
  --only NAMES  some of: ${[...plans, ...threePlans].map((plan) => plan.name).join(', ')},
                or chute, the demonstration, which is rendered only when named; default all others
  --masks no    leaves the masks out
  --quality N   x264's constant rate factor, default 26
  --seed N      another seed than the clip's own
`;

const options = readArguments(
  {
    out: 'out/clips',
    only: '',
    width: '416',
    height: '312',
    fps: '5',
    seconds: '24',
    masks: 'yes',
    quality: '26',
    seed: '',
  },
  help,
);
const form: ClipForm = {
  out: options.out,
  width: Number(options.width),
  height: Number(options.height),
  framesPerSecond: Number(options.fps),
  quality: Number(options.quality),
  masks: options.masks === 'yes',
};
const seconds = Number(options.seconds);
const names = options.only.split(',');
const wanted = (name: string) =>
  (options.only === '' ? name !== demonstration.name : names.includes(name)) &&
  !existsSync(join(form.out, `${name}.json`));
const unknown = names.find(
  (name) => ![...plans, ...threePlans, demonstration].some((plan) => plan.name === name),
);
if (options.only !== '' && unknown !== undefined) {
  process.stderr.write(`no clip is called ${unknown}\n\n${help}`);
  process.exit(2);
}
mkdirSync(form.out, { recursive: true });

for (const plan of [...plans, demonstration].filter(({ name }) => wanted(name))) {
  const clip = new Clip(
    options.seed === '' ? plan : { ...plan, seed: Number(options.seed) },
    form.width,
    form.height,
  );
  const about = {
    renderer: 'height field',
    seed: clip.scene.seed,
    split: plan.split,
    course: plan.course,
    bed: clip.scene.bed.kind,
    material: clip.scene.material.name,
    lens: clip.view.lens.name,
    light: clip.view.lighting.name,
  };
  await writeClip(
    {
      name: plan.name,
      zoneName: plan.kind === 'pan' ? 'chute' : 'belt',
      zone: clip.zone,
      about,
      frames: clip.frames(seconds, form.framesPerSecond),
    },
    form,
  );
}

const others = threePlans.filter(({ name }) => wanted(name));
if (others.length > 0) {
  await using browser = await Browser.open();
  for (const plan of others) {
    const clip = await ThreeClip.open(browser, { ...plan, width: form.width, height: form.height });
    const about = { renderer: 'three.js', seed: plan.seed, split: 'held-out', course: plan.course };
    await writeClip(
      {
        name: plan.name,
        zoneName: 'belt',
        zone: clip.zone,
        about,
        frames: clip.frames(seconds, form.framesPerSecond),
      },
      form,
    );
  }
}
