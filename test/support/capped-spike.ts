/**
 * A process that opens a model of open size under a cap and runs it at 320², at 1080p, and at 320² again. Prints one line
 * of JSON. Arguments: model, cap in bytes (0: none).
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { PlateauError } from '../../src/errors.ts';
import { Yolo } from '../../src/vision/yolo/yolo.ts';

const [model, limit] = process.argv.slice(2);

/** The kernel's own high-water mark, begun anew: what a run took at its height is seen although the run blocks us. */
function peakFromNow(): () => number {
  writeFileSync('/proc/self/clear_refs', '5');
  return () => Number(/VmHWM:\s+(\d+)/.exec(readFileSync('/proc/self/status', 'latin1'))?.[1]) * 1024;
}

const shapes = [
  [320, 320],
  [1088, 1920],
  [320, 320],
  [1088, 1920],
  [320, 320],
] as const;
// The pictures are the caller's and no part of what is capped; touched, so that they are resident before.
const pictures = shapes.map(([height, width]) => new Float32Array(3 * height * width).fill(0.7));
const baseBytes = process.memoryUsage.rss();
const peak = peakFromNow();
const answers: { readonly code: string; readonly message: string; readonly covered: number | null }[] = [];
{
  await using yolo = await Yolo.open(model, {
    device: 'cpu',
    ...(Number(limit) > 0 ? { memoryLimitBytes: Number(limit) } : {}),
  });
  for (const [index, size] of shapes.entries()) {
    try {
      using output = await yolo.run(yolo.bindInput(pictures[index], size));
      answers.push({ code: 'ok', message: '', covered: output.head.length });
    } catch (error) {
      if (!(error instanceof PlateauError)) throw error;
      answers.push({ code: error.code, message: error.message, covered: null });
    }
  }
}
console.log(JSON.stringify({ answers, baseBytes, peakBytes: peak(), endBytes: process.memoryUsage.rss() }));
