/** A genuine model that is not ours, against the masks that its own tool drew. */
import { execFileSync } from 'node:child_process';
import { beforeAll, describe, expect, test } from 'vitest';
import { because, skipFor, whatIsAbsent } from '../support/absent.ts';
import { analyze, coverages } from '../support/analyze-program.ts';
import { probe } from '../support/ffmpeg-program.ts';
import { fetchMicrowink } from '../support/microwink.ts';

/** Boxes of its own tool: x, y, height, width in pixels of the picture. */
const pictures = [
  ['us_card.png', [[27, 94, 298, 420]]],
  ['us_card_rotated.png', [[96, 252, 419, 297]]],
  ['mklovin.png', [[84, 194, 448, 715]]],
  [
    'two_ids.png',
    [
      [159, 33, 246, 400],
      [653, 32, 240, 384],
    ],
  ],
  [
    'three_ids.png',
    [
      [62, 97, 245, 391],
      [751, 92, 245, 393],
      [479, 23, 390, 246],
    ],
  ],
] as const;

/** Pixels that the drawn outline of a box, three wide, may touch besides the mask. */
const outline = 5;

interface Rectangle {
  readonly name: string;
  readonly x1: number;
  readonly y1: number;
  readonly x2: number;
  readonly y2: number;
}

function pixels(path: string): Uint8Array {
  const args = ['-v', 'error', '-i', path, '-f', 'rawvideo', '-pix_fmt', 'rgb24', '-'];
  return execFileSync('ffmpeg', args, { maxBuffer: 2 ** 28 });
}

/** Share of a rectangle whose pixels the tool painted over. */
function paintedShare(
  plain: Uint8Array,
  drawn: Uint8Array,
  width: number,
  { x1, y1, x2, y2 }: Rectangle,
): number {
  let painted = 0;
  for (let y = y1; y < y2; y += 1) {
    for (let x = x1; x < x2; x += 1) {
      const place = 3 * (y * width + x);
      if ([0, 1, 2].some((channel) => plain[place + channel] !== drawn[place + channel])) painted += 1;
    }
  }
  return painted / ((x2 - x1) * (y2 - y1));
}

// A network of input 640 on a busy machine, a process each.
const patience = { timeout: 300_000 };
const absent = whatIsAbsent(['ffmpeg', 'ffprobe']);

describe.skipIf(skipFor(absent))(`a third party's YOLOv8n-seg${because(absent)}`, () => {
  let fetched: ReturnType<typeof fetchMicrowink>;
  beforeAll(() => {
    fetched = fetchMicrowink();
  }, 300_000);

  test.for(pictures)('covers in %s what its own tool painted', patience, async ([name, boxes], { skip }) => {
    if (typeof fetched === 'string') return skip(fetched);
    const { source, drawn } = fetched.picture(name);
    const { width, height } = probe(source);
    const zones: Rectangle[] = boxes.map(([x, y, h, w], index) => ({
      name: `card${index}`,
      x1: x + outline,
      y1: y + outline,
      x2: x + w - outline,
      y2: y + h - outline,
    }));
    zones.push({ name: 'all', x1: 0, y1: 0, x2: width, y2: height });
    const args = zones.flatMap(({ name, x1, y1, x2, y2 }) => [
      '--zone',
      `${name}=${x1},${y1} ${x2},${y1} ${x2},${y2} ${x1},${y2}`,
    ]);
    const order = ['--model', fetched.model, '--confidence', '0.6', ...args];
    const { report } = await analyze(source, order, { timeoutSeconds: 240 });
    const [plain, painted] = [pixels(source), pixels(drawn)];
    for (const zone of zones) {
      const right = paintedShare(plain, painted, width, zone);
      // The outlines themselves are painted in the whole picture.
      const tolerance = zone.name === 'all' ? 0.02 : 0.01;
      expect(
        Math.abs((coverages(report, zone.name)[0] ?? Number.NaN) - right),
        `${name} ${zone.name}: ${right}`,
      ).toBeLessThan(tolerance);
    }
  });
});
