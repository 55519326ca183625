/**
 * Reads clips whose bytes were changed at random. Each must end: with its pictures, or with one coded sentence.
 *
 * The full run: `node --conditions=source test/support/clips-fuzz.ts 5000 1` (files, seed).
 */
import { writeFileSync } from 'node:fs';
import { ledger } from '@plateau/memory';
import { PlateauError } from '../../src/errors.ts';
import { ModelInputScaler } from '../../src/vision/video/model-input-scaler.ts';
import { VideoCapture } from '../../src/vision/video/video-capture.ts';
import { ClipFolder } from './clips.ts';
import { mutate, type Original, originals, randomNumbers } from './clips-mutate.ts';

export interface FuzzOutcome {
  files: number;
  read: number;
  pictures: number;
  refused: Record<string, number>;
  slowestSeconds: number;
  /** What was neither read nor refused with a code: defects. */
  defects: string[];
  live: number;
}

/** Reads `count` changed clips. A crash of the process is a defect as well, and seen by whoever started it. */
export async function fuzzVideos(count: number, seed: number): Promise<FuzzOutcome> {
  using clips = new ClipFolder();
  const small = {
    source: 'testsrc2=s=64x48:r=10:d=1.5',
    encoderOptions: { g: '5', bf: '2', preset: 'medium' },
  };
  const seeds = originals([
    clips.make('a.ts', small),
    clips.make('a.mp4', small),
    clips.make('front.mp4', { ...small, formatOptions: { movflags: 'faststart' }, rotation: 90 }),
    clips.make('sound.mp4', { ...small, toneSeconds: 1 }),
    clips.make('a.avi', { ...small, encoder: 'mpeg4', encoderOptions: { g: '5' } }),
    clips.make('a.mkv', small),
    clips.make('a.h264', small),
    clips.make('m.avi', { source: small.source, encoder: 'mjpeg', pixelFormat: 'yuvj420p' }),
    clips.make('h.mp4', {
      source: small.source,
      encoder: 'libx265',
      encoderOptions: { 'x265-params': 'log-level=none' },
    }),
  ]);
  const outcome: FuzzOutcome = {
    files: 0,
    read: 0,
    pictures: 0,
    refused: {},
    slowestSeconds: 0,
    defects: [],
    live: 0,
  };
  const random = randomNumbers(seed);
  using scaler = new ModelInputScaler({ width: 64, height: 64 });
  const target = new Float32Array(3 * 64 * 64);
  for (let i = 0; i < count; i += 1) {
    const { bytes, ending } = seeds[i % seeds.length] as Original;
    const path = clips.file(`fuzz${ending}`);
    writeFileSync(path, mutate(bytes, random));
    const began = performance.now();
    await readOne(path, scaler, target, outcome);
    outcome.slowestSeconds = Math.max(outcome.slowestSeconds, (performance.now() - began) / 1000);
    outcome.files += 1;
  }
  outcome.live = ledger.liveCount - 1;
  return outcome;
}

async function readOne(
  path: string,
  scaler: ModelInputScaler,
  target: Float32Array,
  outcome: FuzzOutcome,
): Promise<void> {
  let last = Number.NEGATIVE_INFINITY;
  try {
    await using capture = await VideoCapture.open(path);
    for (let frame = await capture.read(); frame !== undefined; frame = await capture.read()) {
      if (!(frame.timestampSeconds > last))
        outcome.defects.push(`time ${frame.timestampSeconds} after ${last}`);
      last = frame.timestampSeconds;
      if (frame.width * frame.height < 4_000_000) scaler.scaleInto(frame, target);
      outcome.pictures += 1;
      if (capture.counters.decoded > 5000) throw new Error('no end in sight');
    }
    outcome.read += 1;
  } catch (error) {
    if (error instanceof PlateauError && error.code.startsWith('ERR_SOURCE_')) {
      outcome.refused[error.code] = (outcome.refused[error.code] ?? 0) + 1;
      return;
    }
    outcome.defects.push(error instanceof Error ? String(error.stack) : String(error));
  }
}

if (import.meta.main) {
  const [count = '2000', seed = '1'] = process.argv.slice(2);
  const began = process.memoryUsage.rss();
  const outcome = await fuzzVideos(Number(count), Number(seed));
  const rss = [began, process.memoryUsage.rss()].map((bytes) => `${Math.round(bytes / 1e6)} MB`);
  console.log(JSON.stringify({ ...outcome, rss }, null, 2));
  process.exitCode = outcome.defects.length === 0 && outcome.live === 0 ? 0 : 1;
}
