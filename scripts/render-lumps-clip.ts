/**
 * Renders `demo/lumps.mp4`: bright lumps that fall into a dark chute, jam and drain away. With the known-answer model
 * ("coal is what is brighter than half grey") its coverage can be computed from the pixels alone; the soak and the
 * tests run on it. Needs the ffmpeg program: `node scripts/render-lumps-clip.ts`.
 */
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const width = 320;
const height = 240;
const framesPerSecond = 10;
const seconds = 30;
/** The chute's inside, which is also the zone, in pixels: left, top, right, bottom. */
const chute = { left: 96, top: 24, right: 224, bottom: 216 };

/** A small generator with a seed (mulberry32), so that the clip comes out the same each time. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** How full the chute is, 0..1, at a time: flowing, filling, jammed, draining, flowing. */
function fill(t: number): number {
  const marks = [
    [0, 0.05],
    [4, 0.08],
    [12, 0.92],
    [21, 0.92],
    [24, 0.06],
    [seconds, 0.05],
  ];
  const next = marks.findIndex(([time]) => time > t);
  if (next < 0) return marks[marks.length - 1][1];
  const [t0, f0] = marks[next - 1];
  const [t1, f1] = marks[next];
  return f0 + ((f1 - f0) * (t - t0)) / (t1 - t0);
}

interface Lump {
  readonly x: number;
  readonly phase: number;
  readonly radius: number;
  readonly grey: number;
}

const random = seeded(7);
const falling: Lump[] = Array.from({ length: 10 }, () => ({
  x: chute.left + 12 + random() * (chute.right - chute.left - 24),
  phase: random() * 400,
  radius: 4 + random() * 7,
  grey: 175 + random() * 60,
}));
const grain = Uint8Array.from({ length: width * height }, () => Math.floor(random() * 24));

function drawFrame(picture: Uint8Array, t: number): void {
  for (let i = 0; i < picture.length; i += 1) picture[i] = 40 + grain[i];
  const level = chute.bottom - fill(t) * (chute.bottom - chute.top);
  const jammed = fill(t) > 0.9;
  for (const { x, phase, radius, grey } of falling) {
    const y = chute.top + ((phase + (jammed ? 0 : t * 180)) % (chute.bottom - chute.top));
    if (y < level) disc(picture, x, y, radius, grey);
  }
  for (let y = Math.ceil(level); y < chute.bottom; y += 1) {
    for (let x = chute.left; x < chute.right; x += 1) picture[y * width + x] = 185 + grain[y * width + x] * 2;
  }
}

function disc(picture: Uint8Array, cx: number, cy: number, radius: number, grey: number): void {
  for (let y = Math.ceil(cy - radius); y <= cy + radius; y += 1) {
    if (y < chute.top || y >= chute.bottom) continue;
    for (let x = Math.ceil(cx - radius); x <= cx + radius; x += 1) {
      if ((x - cx) ** 2 + (y - cy) ** 2 <= radius ** 2) picture[y * width + x] = grey;
    }
  }
}

/** Share of the zone that is brighter than half grey. */
function truth(picture: Uint8Array): number {
  let bright = 0;
  for (let y = chute.top; y < chute.bottom; y += 1) {
    for (let x = chute.left; x < chute.right; x += 1) bright += picture[y * width + x] > 127 ? 1 : 0;
  }
  return bright / ((chute.right - chute.left) * (chute.bottom - chute.top));
}

const folder = fileURLToPath(new URL('../demo/', import.meta.url));
const picture = new Uint8Array(width * height);
const video = Buffer.alloc(width * height * framesPerSecond * seconds);
const coverage: [number, number][] = [];
for (let index = 0; index < framesPerSecond * seconds; index += 1) {
  drawFrame(picture, index / framesPerSecond);
  video.set(picture, index * picture.length);
  coverage.push([index / framesPerSecond, Math.round(truth(picture) * 1e4) / 1e4]);
}
const raw = [
  '-f',
  'rawvideo',
  '-pix_fmt',
  'gray',
  '-s',
  `${width}x${height}`,
  '-r',
  `${framesPerSecond}`,
  '-i',
  '-',
];
// Grey samples are full range and would be squeezed into 16..235: this keeps half grey where it is.
const encode = [
  '-vf',
  'scale=in_range=full:out_range=full',
  '-c:v',
  'libx264',
  '-crf',
  '26',
  '-g',
  '50',
  '-pix_fmt',
  'yuvj420p',
  '-movflags',
  '+faststart',
];
const made = spawnSync('ffmpeg', ['-y', '-v', 'error', ...raw, ...encode, `${folder}lumps.mp4`], {
  input: video,
  stdio: ['pipe', 'inherit', 'inherit'],
});
if (made.status !== 0) throw new Error('ffmpeg could not write demo/lumps.mp4', { cause: made.error });
const corners = [
  [chute.left, chute.top],
  [chute.right, chute.top],
  [chute.right, chute.bottom],
  [chute.left, chute.bottom],
];
const zone = { name: 'chute', points: corners.map(([x, y]) => [x / width, y / height]) };
writeFileSync(`${folder}lumps.json`, `${JSON.stringify({ zone, coverage })}\n`);
