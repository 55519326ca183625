/** Part of pipeline-cost: the whole line over a looped recording, every picture decided. */
import { analyzeRecordings } from '../../src/runtime/analyze-recordings.ts';
import { cameraSettings, modelSettings } from '../harness/line.ts';
import { SlicedPart } from './sliced-part.ts';

const [clip, model, enoughFrames] = process.argv.slice(2);
const stop = new AbortController();
const part = new SlicedPart(Number(enoughFrames), () => stop.abort());
const { failures } = await analyzeRecordings({
  model: modelSettings(model),
  recordings: [cameraSettings('bench', clip, 'every')],
  signal: stop.signal,
  onProgress: () => part.frameDone(),
});
// The clip is looped for ever, so an end is a failure.
if (!stop.signal.aborted) throw failures[0];
