/**
 * What ONNX Runtime's settings cost and save on one model: CPU time a run and resident memory, each setting in a process of
 * its own. `node bench/session-settings.ts MODEL.onnx` (a model of fixed size; take a trained one, not a known answer).
 */
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { InferenceSession, Tensor } from 'onnxruntime-node';

type Options = InferenceSession.SessionOptions;

const quiet = { session: { intra_op: { allow_spinning: '0' } } };
const settings: Record<string, Options> = {
  'no arena': { enableCpuMemArena: false, enableMemPattern: false },
  arena: { enableCpuMemArena: true, enableMemPattern: false },
  'arena and memory pattern': { enableCpuMemArena: true, enableMemPattern: true },
  'no prepacking': {
    enableCpuMemArena: true,
    enableMemPattern: false,
    extra: { session: { disable_prepacking: '1' } },
  },
  'two threads': { enableCpuMemArena: true, enableMemPattern: false, intraOpNumThreads: 2 },
  'two threads that do not spin': {
    enableCpuMemArena: true,
    enableMemPattern: false,
    intraOpNumThreads: 2,
    extra: quiet,
  },
};
const runs = 30;

/** One setting, measured in this process. */
async function measure(model: string, options: Options): Promise<void> {
  const before = process.memoryUsage.rss();
  const session = await InferenceSession.create(model, {
    intraOpNumThreads: 1,
    logSeverityLevel: 4,
    ...options,
  });
  const [input] = session.inputMetadata;
  if (!input?.isTensor) throw new TypeError('the model takes no tensor');
  const dims = input.shape.map(Number);
  const pixels = new Float32Array(dims.reduce((product, size) => product * size, 1));
  const feeds = { [input.name]: new Tensor('float32', pixels, dims) };
  const run = async (): Promise<void> => {
    const results = await session.run(feeds);
    for (const { data } of Object.values(results)) (data as Float32Array<ArrayBuffer>).buffer.transfer(0);
  };
  await run();
  const started = performance.now();
  const used = process.cpuUsage();
  for (let index = 0; index < runs; index++) await run();
  const { user, system } = process.cpuUsage(used);
  const megabytes = (bytes: number): string => (bytes / 1e6).toFixed(0);
  console.log(
    `${((user + system) / 1000 / runs).toFixed(1)} ms of CPU a run, ${((performance.now() - started) / runs).toFixed(1)} ms by the clock, ` +
      `${megabytes(process.memoryUsage.rss() - before)} MB more resident, peak ${megabytes(process.resourceUsage().maxRSS * 1024)} MB`,
  );
  await session.release();
}

const [model, chosen] = process.argv.slice(2);
if (model === undefined) throw new TypeError('name a model: node bench/session-settings.ts MODEL.onnx');
if (chosen !== undefined) {
  await measure(model, settings[chosen]!);
} else {
  for (const name of Object.keys(settings)) {
    const arguments_ = [fileURLToPath(import.meta.url), model, name];
    const environment = { ...process.env, MALLOC_ARENA_MAX: '2' };
    process.stdout.write(
      `${name}: ${execFileSync(process.execPath, arguments_, { env: environment, encoding: 'utf8' })}`,
    );
  }
}
