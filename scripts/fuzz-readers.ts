/**
 * Feeds broken inputs to whatever of models and zones reads a file or a command line: protobuf, Python literals, zone
 * syntax. `node --expose-gc --conditions=source scripts/fuzz-readers.ts [inputs] [seed] [target]`; exit 1 names the first input
 * that did worse than being refused, took longer than a second, or made memory grow.
 */
import { PlateauError } from '../src/errors.ts';
import type { ByteSource } from '../src/vision/yolo/byte-source.ts';
import { readModelMetadata } from '../src/vision/yolo/model-metadata.ts';
import { parseOnnxFacts } from '../src/vision/yolo/onnx-facts.ts';
import { MalformedProtobufError } from '../src/vision/yolo/protobuf-reader.ts';
import { parsePythonLiteral } from '../src/vision/yolo/python-literal.ts';
import { parseZone } from '../src/vision/zones/parse-zone.ts';
import { PolygonZone } from '../src/vision/zones/polygon-zone.ts';
import { ZoneRaster } from '../src/vision/zones/zone-raster.ts';
import { knownAnswerModel } from '../test/support/known-answer-model.ts';

const inputs = Number(process.argv[2] ?? 1_000_000);
const seed = Number(process.argv[3] ?? Date.now() % 2 ** 32);
const slowestMilliseconds = 1000;

let state = seed >>> 0;
function random(below: number): number {
  // xorshift: the low bits of a linear generator repeat too soon for this many inputs.
  state ^= state << 13;
  state ^= state >>> 17;
  state ^= state << 5;
  return (state >>> 0) % below;
}

class MemoryBytes implements ByteSource {
  readonly #bytes: Uint8Array;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get byteLength(): number {
    return this.#bytes.byteLength;
  }

  byteAt(offset: number): number {
    if (offset < 0 || offset >= this.#bytes.byteLength) throw new TypeError(`byte ${offset}`);
    return this.#bytes[offset]!;
  }

  read(offset: number, length: number): Uint8Array {
    if (offset < 0 || offset + length > this.#bytes.byteLength)
      throw new TypeError(`read ${offset}+${length}`);
    return this.#bytes.subarray(offset, offset + length);
  }
}

const models = [
  {},
  { classes: 3, metadata: { args: "{'nms': True}" } },
  { dynamic: true, layout: 'rows' as const },
  { quantisedStep: 0.1 },
  { externalData: 'w', anchors: 4 },
].map((options) => knownAnswerModel({ height: 32, width: 32, ...options }).model);

/** A model with a few bytes changed, cut off, left out or doubled. */
function brokenModel(): Uint8Array {
  let bytes = models[random(models.length)]!.slice();
  for (let change = random(6); change >= 0; change--) {
    const at = random(bytes.length || 1);
    const kind = random(8);
    if (kind === 0) bytes = bytes.subarray(0, at);
    else if (kind === 1)
      bytes = Uint8Array.from([...bytes.subarray(0, at), ...bytes.subarray(at + random(40))]);
    else if (kind === 2)
      bytes = Uint8Array.from([...bytes.subarray(0, at + random(40)), ...bytes.subarray(at)]);
    else if (kind === 3 && bytes.length > 0) bytes[at]! ^= 1 << random(8);
    else if (bytes.length > 0) bytes[at] = random(256);
  }
  return bytes;
}

function joined(pieces: readonly string[], most: number): string {
  let text = '';
  for (let count = random(most); count >= 0; count--) text += pieces[random(pieces.length)];
  return text;
}

const literalPieces = [
  '{',
  '}',
  '[',
  ']',
  '(',
  ')',
  ',',
  ':',
  "'",
  '"',
  '\\',
  'x4',
  'u',
  'U0001',
  '0',
  '1',
  '-',
  '.',
  'e',
  'None',
  'True',
  ' ',
  '\n',
  'coal',
  'é',
  '\u{1f600}',
  '\0',
];
const zonePieces = [
  ' ',
  ' ',
  ',',
  ',',
  '0',
  '1',
  '7',
  '.',
  '-',
  '5',
  '320',
  '640',
  '1e3',
  '+',
  'e',
  'NaN',
  '0.5',
  '\t',
  '=',
];

const literals = [
  `{0: 'person', 1: "worker's glove", 2: 'a\\'b\\x41\\u00e9'}`,
  "{'batch': 1, 'data': None, 'nms': True, 'opset': 17, 'x': [1.5e3, (2,), {}]}",
  '[320, 640]',
];

/** A literal of an exporter with pieces put in or over, or pieces alone. */
function brokenLiteral(): string {
  if (random(4) === 0) return joined(literalPieces, 40);
  let text = literals[random(literals.length)]!;
  for (let change = random(4); change > 0; change--) {
    const at = random(text.length + 1);
    text = text.slice(0, at) + literalPieces[random(literalPieces.length)] + text.slice(at + random(3));
  }
  return text;
}

/** Mostly points in the right form, wherever they lie. */
function brokenZone(): string {
  if (random(4) === 0) return `z=${joined(zonePieces, 40)}`;
  const gain = [1, 1, 640, 2000][random(4)]!;
  const place = (): string =>
    ((random(1000) / 1000) * gain - (random(3) === 0 ? gain / 2 : 0)).toPrecision(1 + random(6));
  const points = Array.from({ length: 2 + random(7) }, () => `${place()},${place()}`);
  if (random(4) === 0) points.push(points[0]!);
  return `z=${points.join(random(20) === 0 ? zonePieces[random(zonePieces.length)] : ' ')}`;
}

interface Target {
  readonly name: string;
  readonly share: number;
  make(): { input: unknown; run: () => void };
  refused(error: unknown): boolean;
}

const box = {
  sourceWidth: 640,
  sourceHeight: 360,
  crop: { left: 0, top: 0, width: 640, height: 360 },
  inputWidth: 32,
  inputHeight: 32,
  scaleX: 0.05,
  scaleY: 0.05,
  left: 0,
  top: 7,
  scaledWidth: 32,
  scaledHeight: 18,
};

const targets: Target[] = [
  {
    name: 'ONNX files',
    share: 2,
    make: () => {
      const bytes = brokenModel();
      return {
        input: Buffer.from(bytes).toString('hex'),
        run: () => void readModelMetadata(parseOnnxFacts(new MemoryBytes(bytes)).metadata),
      };
    },
    refused: (error) => error instanceof MalformedProtobufError,
  },
  {
    name: 'Python literals',
    share: 5,
    make: () => {
      const text = brokenLiteral();
      return { input: text, run: () => void parsePythonLiteral(text) };
    },
    refused: (error) => error instanceof SyntaxError,
  },
  {
    name: 'zones',
    share: 3,
    make: () => {
      const text = brokenZone();
      return {
        input: text,
        run: () => {
          const raster = new ZoneRaster(new PolygonZone(parseZone(text)), box);
          if (!(raster.area > 0 && raster.area <= 32 * 18 * (1 + 1e-9)))
            throw new TypeError(`area ${raster.area}`);
        },
      };
    },
    refused: (error) => error instanceof PlateauError,
  },
];

function fuzz(target: Target, count: number): void {
  let refused = 0;
  const started = performance.now();
  for (let done = 0; done < count; done++) {
    const { input, run } = target.make();
    const began = performance.now();
    try {
      run();
    } catch (error) {
      if (!target.refused(error)) {
        console.error(`${target.name}, seed ${seed}, input ${done}: ${JSON.stringify(input)}\n`, error);
        process.exit(1);
      }
      refused += 1;
    }
    if (performance.now() - began > slowestMilliseconds) {
      // Told, not fatal: on a busy machine a thread may wait that long.
      console.error(
        `${target.name}, seed ${seed}, input ${done} took ${performance.now() - began} ms: ${JSON.stringify(input)}`,
      );
    }
  }
  const seconds = (performance.now() - started) / 1000;
  console.log(
    `${target.name}: ${count} inputs, ${refused} refused, the others read; ${seconds.toFixed(0)} s`,
  );
}

globalThis.gc?.();
const heapBefore = process.memoryUsage().heapUsed;
const wanted = targets.filter(({ name }) => process.argv[4] === undefined || name === process.argv[4]);
const shares = wanted.reduce((sum, { share }) => sum + share, 0);
for (const target of wanted) fuzz(target, Math.round((inputs * target.share) / shares));
globalThis.gc?.();
const grown = process.memoryUsage().heapUsed - heapBefore;
console.log(`seed ${seed}; heap grew by ${(grown / 1024).toFixed(0)} KiB`);
if (grown > 8 * 1024 * 1024) process.exitCode = 1;
