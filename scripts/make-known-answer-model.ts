/** Writes the known-answer models that ship with the project: `node scripts/make-known-answer-model.ts`. */
import { writeFileSync } from 'node:fs';
import { type KnownAnswerOptions, knownAnswerModel } from '../test/support/known-answer-model.ts';

const files: Record<string, KnownAnswerOptions> = {
  'known-answer.onnx': { height: 320, width: 320 },
  // Small enough that a hundred thousand frames are minutes and not hours.
  'known-answer-64.onnx': { height: 64, width: 64 },
};

for (const [file, options] of Object.entries(files)) {
  const { model } = knownAnswerModel(options);
  writeFileSync(new URL(`../models/${file}`, import.meta.url), model);
  console.log(`models/${file}: ${model.byteLength} bytes`);
}
