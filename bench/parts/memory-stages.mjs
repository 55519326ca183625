// Part of rss-breakdown: loads the line's parts one after the other, and says after each what is resident. In
// JavaScript and over the built files, since stripping types loads a compiler of 20 MB that no user has.
import { readFileSync } from 'node:fs';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';

const [clip, model, side] = isMainThread ? process.argv.slice(2) : workerData;
const size = Number(side);

/** A message to a thread, answered when it is done. */
function ask(worker, stage) {
  return new Promise((resolve, reject) => {
    worker.once('message', resolve);
    worker.once('error', reject);
    worker.postMessage(stage);
  });
}

function tell(stage) {
  const rollup = readFileSync('/proc/self/smaps_rollup', 'utf8');
  const kilobytes = (key) => Number(new RegExp(`^${key}:\\s+(\\d+)`, 'm').exec(rollup)[1]) * 1024;
  console.log(JSON.stringify({ stage, rss: kilobytes('Rss'), anonymous: kilobytes('Anonymous') }));
}

async function live() {
  tell('bare Node');
  const make = () => new Worker(new URL(import.meta.url), { workerData: [clip, model, side] });
  const capture = make();
  const inference = make();
  await Promise.all([ask(capture, 'start'), ask(inference, 'start')]);
  tell('+ two more isolates');
  await ask(capture, 'load-ffmpeg');
  tell('+ FFmpeg (node-av)');
  await ask(inference, 'load-runtime');
  tell('+ ONNX Runtime');
  await ask(inference, 'session');
  tell('+ session');
  await ask(inference, 'runs');
  tell('+ 30 runs');
  await ask(capture, 'decode');
  tell('+ 100 pictures decoded and scaled');
  await Promise.all([ask(capture, 'end'), ask(inference, 'end')]);
}

function serve() {
  const held = {};
  const stages = {
    start: () => undefined,
    end: () => void setImmediate(() => parentPort.close()),
    'load-ffmpeg': async () => {
      held.video = await import('../../dist/vision/video/video-capture.js');
      held.scaling = await import('../../dist/vision/video/model-input-scaler.js');
    },
    'load-runtime': async () => {
      held.runtime = await import('onnxruntime-node');
    },
    session: async () => {
      held.session = await held.runtime.InferenceSession.create(model, {
        executionProviders: ['cpu'],
        intraOpNumThreads: 1,
        interOpNumThreads: 1,
        enableCpuMemArena: true,
        enableMemPattern: false,
      });
    },
    runs: async () => {
      const pixels = new Float32Array(new SharedArrayBuffer(3 * size * size * 4));
      const feeds = {
        [held.session.inputNames[0]]: new held.runtime.Tensor('float32', pixels, [1, 3, size, size]),
      };
      for (let run = 0; run < 30; run += 1)
        for (const result of Object.values(await held.session.run(feeds))) result.data.buffer.transfer(0);
    },
    decode: async () => {
      const source = await held.video.VideoCapture.open(clip);
      const scaler = new held.scaling.ModelInputScaler({ width: size, height: size });
      const target = new Float32Array(3 * size * size);
      for (let picture = 0; picture < 100; picture += 1) scaler.scaleInto(await source.read(), target);
      scaler[Symbol.dispose]();
      await source[Symbol.asyncDispose]();
    },
  };
  parentPort.on('message', async (stage) => {
    await stages[stage]();
    parentPort.postMessage(stage);
  });
}

if (isMainThread) await live();
else serve();
