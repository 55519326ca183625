/**
 * Changed ONNX files opened and run in one process, which tries a thousand where `fuzz-analyze.ts` tries one:
 * `node --conditions=source scripts/fuzz-models.ts [files] [seed] [folder for what was wrong]`. Exit 1 names what was no coded
 * refusal, or made the process take more than it should for files of a kilobyte. Linux only. Under `prlimit --data=4000000000` a
 * file that would take all memory shows as a failed allocation, instead of ending the machine.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { peakRssBytes, resetPeakRss } from '../packages/memory/src/peak-rss.ts';
import { PlateauError } from '../src/errors.ts';
import { Yolo } from '../src/vision/yolo/yolo.ts';
import { seedModels } from '../test/support/clips-analyze-fuzz.ts';
import { mutate, randomNumbers } from '../test/support/clips-mutate.ts';

const [files = '20000', seed = '1', keep] = process.argv.slice(2);
const mostBytes = 700e6;
const random = randomNumbers(Number(seed));
const seeds = seedModels();
const folder = mkdtempSync(join(tmpdir(), 'plateau-fuzz-models-'));
const path = join(folder, 'fuzz.onnx');
const codes: Record<string, number> = {};
let [worstBytes, slowestMilliseconds, wrong] = [0, 0, 0];

/** @returns What became of the file: `opened`, the code of its refusal, or the text of a defect. */
async function open(): Promise<string> {
  try {
    await using yolo = await Yolo.open(path);
    const [height, width] = yolo.model.input;
    using _output = await yolo.run(yolo.bindInput(new Float32Array(3 * height * width)));
    return 'opened';
  } catch (error) {
    if (error instanceof PlateauError && !/alloc/i.test(error.message)) return error.code;
    return `defect: ${error instanceof Error ? error.stack : error}`;
  }
}

for (let index = 0; index < Number(files); index += 1) {
  const bytes = mutate(seeds[index % seeds.length] as Uint8Array, random);
  writeFileSync(path, bytes);
  resetPeakRss();
  const [before, began] = [peakRssBytes(), performance.now()];
  const result = await open();
  const grown = peakRssBytes() - before;
  worstBytes = Math.max(worstBytes, grown);
  slowestMilliseconds = Math.max(slowestMilliseconds, performance.now() - began);
  const isWrong = result.startsWith('defect') || grown > mostBytes;
  codes[isWrong ? 'wrong' : result] = (codes[isWrong ? 'wrong' : result] ?? 0) + 1;
  if (!isWrong) continue;
  wrong += 1;
  console.error(`file ${index} of seed ${seed} took ${(grown / 1e6).toFixed(0)} MB: ${result}`);
  if (keep !== undefined) writeFileSync(join(keep, `model-${seed}-${index}.onnx`), bytes);
}
rmSync(folder, { recursive: true });
const endRssBytes = process.memoryUsage.rss();
console.log(
  JSON.stringify({ files: Number(files), codes, worstBytes, slowestMilliseconds, endRssBytes }, null, 1),
);
if (wrong > 0) process.exitCode = 1;
