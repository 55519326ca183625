/**
 * Changed MP4, MPEG-TS and ONNX files through `plateau analyze`: each call must end with an exit code of the contract.
 * `node --conditions=source scripts/fuzz-analyze.ts [recordings] [models] [seed] [folder for what ended wrongly]`;
 * exit 1 names what did. Prints its figures as JSON.
 */
import { emptyOutcome, fuzzModels, fuzzRecordings } from '../test/support/clips-analyze-fuzz.ts';

const [recordings = '1500', models = '800', seed = '1', keep] = process.argv.slice(2);
const place = keep === undefined ? {} : { keep };
const outcomes = { recordings: emptyOutcome(), oneCall: emptyOutcome(), models: emptyOutcome() };
const count = Number(recordings);
await fuzzRecordings(outcomes.recordings, { count, together: 50, seed: Number(seed), ...place });
console.log(JSON.stringify(outcomes.recordings, null, 1));
// A tenth again in one call: what grows with the number of files shows here.
const tenth = Math.ceil(count / 10);
await fuzzRecordings(outcomes.oneCall, { count: tenth, together: tenth, seed: Number(seed) + 1, ...place });
console.log(JSON.stringify(outcomes.oneCall, null, 1));
await fuzzModels(outcomes.models, { count: Number(models), seed: Number(seed), ...place });
console.log(JSON.stringify(outcomes.models, null, 1));
const defects = Object.values(outcomes).flatMap((outcome) => outcome.defects);
for (const defect of defects) console.error(defect);
if (defects.length > 0) process.exitCode = 1;
