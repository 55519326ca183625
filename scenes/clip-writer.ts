import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { encodePng } from './png.ts';
import type { Zone } from './truth.ts';
import { blockedIntervals, coverage, rule, zonePixels } from './truth.ts';
import { VideoFile } from './video.ts';

export interface ClipFrame {
  readonly rgb: Uint8Array;
  readonly mask: Uint8Array;
  readonly seconds: number;
}

export interface ClipSource {
  readonly name: string;
  readonly zoneName: string;
  readonly zone: Zone;
  /** What is in it, for the reader of the truth. */
  readonly about: Record<string, string | number>;
  readonly frames: Iterable<ClipFrame> | AsyncIterable<ClipFrame>;
}

export interface ClipForm {
  readonly out: string;
  readonly width: number;
  readonly height: number;
  readonly framesPerSecond: number;
  /** x264's constant rate factor. */
  readonly quality: number;
  readonly masks: boolean;
}

/** Writes NAME.mp4 and its truth, NAME.json last, so that a clip with a truth is a whole clip. */
export async function writeClip(source: ClipSource, form: ClipForm): Promise<void> {
  const { width, height, framesPerSecond } = form;
  const started = performance.now();
  const inside = zonePixels(source.zone, width, height);
  const base = join(form.out, source.name);
  const video = new VideoFile(`${base}.mp4`, width, height, framesPerSecond, form.quality);
  if (form.masks) mkdirSync(`${base}.masks`, { recursive: true });
  const row: [number, number][] = [];
  for await (const frame of source.frames) {
    await video.write(frame.rgb);
    row.push([round(frame.seconds, 3), round(coverage(frame.mask, inside), 4)]);
    if (form.masks) {
      const grey = frame.mask.map((m) => m * 255);
      writeFileSync(
        join(`${base}.masks`, `${String(row.length - 1).padStart(4, '0')}.png`),
        encodePng(grey, width, height, 1),
      );
    }
    if (process.stdout.isTTY) process.stdout.write(`\r${source.name}: ${row.length} frames`);
  }
  await video.close();
  const truth = {
    name: source.name,
    video: `${source.name}.mp4`,
    width,
    height,
    framesPerSecond,
    zone: { name: source.zoneName, points: source.zone },
    scene: source.about,
    rule,
    coverage: row,
    blocked: blockedIntervals(row),
  };
  writeFileSync(`${base}.json`, `${JSON.stringify(truth)}\n`);
  const seconds = round((performance.now() - started) / 1000, 0);
  process.stdout.write(
    `${process.stdout.isTTY ? '\r' : ''}${source.name}: ${row.length} frames in ${seconds} s\n`,
  );
}

function round(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}
