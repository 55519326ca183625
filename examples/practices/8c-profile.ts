/** Monitoring tools 3: what a call costs, exactly; and what each stage of a pipeline costs. */
import { callTable, monotonicSeconds, profile, StageProfiler, stageTable } from '@plateau/memory';

// #region right
async function processFrame(): Promise<Float32Array> {
  return new Float32Array(1_000_000);
}

const { profile: found } = await profile(processFrame);
console.log(callTable([found]));

const stages = new StageProfiler({ clock: monotonicSeconds });
for (let frame = 0; frame < 10; frame += 1) {
  using _frame = stages.enter('frame');
  stages.run('decode', () => new Uint8Array(100_000));
}
console.log(stageTable(stages.report()));
// #endregion
