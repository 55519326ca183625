/**
 * What comes and goes in a monitor's life, done over and over through the real pipeline: each kind does so many turns
 * and tells after each of them.
 */

import { readFileSync, writeFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { ledger } from '@plateau/memory';
import { fromErrorMessage } from '../../src/errors.ts';
import type { CameraListener } from '../../src/runtime/camera-listener.ts';
import { liveCapture, recordingCapture } from '../../src/runtime/capture-settings.ts';
import { defaults } from '../../src/runtime/defaults.ts';
import { Pipeline } from '../../src/runtime/pipeline.ts';
import type { CameraSettings, ModelSettings } from '../../src/runtime/settings.ts';
import type { CameraId, CaptureSettings } from '../../src/runtime/thread-protocol.ts';
import { wholePicture } from '../../src/runtime/whole-picture.ts';
import { Detections } from '../../src/vision/yolo/detections.ts';
import { Yolo } from '../../src/vision/yolo/yolo.ts';
import { ClipFolder } from './clips.ts';
import { CuttableLine, CuttingWebCamera } from './cut-connections.ts';
import { RtspServer, rtspMissing } from './rtsp.ts';

export interface ChurnOrder {
  readonly turns: number;
  /**
   * After each turn; the next one begins when it resolves, but for sizes and connections, which change when they do.
   * @param collect Collects garbage in every thread of the pipeline, where there is one.
   */
  onTurn(turn: number, collect: () => Promise<void>): Promise<void> | void;
}

export type ChurnKind = (order: ChurnOrder) => Promise<void>;

const smallModel = fileURLToPath(new URL('../../models/known-answer-64.onnx', import.meta.url));
const coalModel = fileURLToPath(new URL('../../models/coal-seg.onnx', import.meta.url));

function modelSettings(file: string): ModelSettings {
  const { confidence, threads } = defaults;
  return { file, names: null, device: 'cpu', threads, confidence, className: null };
}

function camera(name: string, capture: CaptureSettings): CameraSettings {
  return { name, capture, zones: [{ zone: wholePicture, blockage: defaults.blockage }] };
}

/** A running pipeline whose failure ends whatever waits. */
class Bench implements AsyncDisposable {
  readonly pipeline: Pipeline;
  readonly #failed: Promise<never>;
  readonly #fail: (error: unknown) => void;

  private constructor(pipeline: Pipeline, failed: PromiseWithResolvers<never>) {
    this.pipeline = pipeline;
    this.#failed = failed.promise;
    this.#fail = failed.reject;
  }

  static async start(): Promise<Bench> {
    const failed = Promise.withResolvers<never>();
    failed.promise.catch(() => undefined);
    const pipeline = await Pipeline.start(modelSettings(smallModel), failed.reject, { leanStart: false });
    return new Bench(pipeline, failed);
  }

  /** A listener for whom an end with an error is a failure. */
  listener(hears: Partial<CameraListener>): CameraListener {
    return {
      onDecision: () => undefined,
      onFailed: (error) => this.#fail(error),
      ...hears,
      onEnded: (message) => {
        if (message.error !== null) this.#fail(fromErrorMessage(message.error));
        hears.onEnded?.(message);
      },
    };
  }

  /** Adds a camera. @returns When this is heard of it for the first time. */
  async watch(settings: CameraSettings, until: 'onEnded' | 'onDecision'): Promise<CameraId> {
    const heard = Promise.withResolvers<void>();
    const id = this.pipeline.addCamera(settings, this.listener({ [until]: () => heard.resolve() }));
    await this.waitFor(heard.promise);
    return id;
  }

  waitFor<T>(what: Promise<T>): Promise<T> {
    return Promise.race([what, this.#failed]);
  }

  readonly collect = async (): Promise<void> => {
    await this.pipeline.report({ collect: true });
  };

  /** Resolves once the slabs of all cameras are back in the pool. */
  async released(): Promise<void> {
    while ((ledger.snapshot(1).byKind.Slab?.live ?? 0) > 0) await delay(1);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const { ledger: left } = await this.pipeline.stop();
    if (left.live > 0)
      throw new Error(`${left.live} resources are left: ${JSON.stringify(left.records.slice(0, 3))}`);
  }
}

/** A recording is opened, decided to its end and closed again. */
async function captures(order: ChurnOrder): Promise<void> {
  using clips = new ClipFolder();
  const clip = clips.make('short.mp4', { source: 'testsrc2=s=320x240:r=10:d=0.5' });
  await comeAndGo(order, () => camera('recording', recordingCapture(clip)), 'onEnded');
}

/** A live camera comes under a name of its own, is decided and goes in mid-stream. */
async function cameras(order: ChurnOrder): Promise<void> {
  using clips = new ClipFolder();
  const clip = clips.make('live.mp4', { source: 'testsrc2=s=640x480:r=25:d=2' });
  await comeAndGo(order, (turn) => camera(`camera ${turn}`, liveCapture(clip)), 'onDecision');
}

/** One camera after the other in one pipeline, each until the first time that this is heard of it. */
async function comeAndGo(
  { turns, onTurn }: ChurnOrder,
  settings: (turn: number) => CameraSettings,
  until: 'onEnded' | 'onDecision',
): Promise<void> {
  await using bench = await Bench.start();
  for (let turn = 1; turn <= turns; turn += 1) {
    const id = await bench.watch(settings(turn), until);
    bench.pipeline.removeCamera(id);
    await bench.waitFor(bench.released());
    await onTurn(turn, bench.collect);
  }
}

/** One stream whose pictures change their size in mid-stream, again and again. */
async function resolutions({ turns, onTurn }: ChurnOrder): Promise<void> {
  using clips = new ClipFolder();
  const sizes = ['320x240', '640x480', '1280x720', '480x640'];
  const parts = sizes.map((size) =>
    readFileSync(clips.make(`${size}.ts`, { source: `testsrc2=s=${size}:r=10:d=0.5` })),
  );
  const clip = clips.file('changing.ts');
  writeFileSync(clip, Buffer.concat(parts));
  await using bench = await Bench.start();
  const done = Promise.withResolvers<void>();
  let turn = 0;
  const onGeometry = async (): Promise<void> => {
    turn += 1;
    const last = turn === turns;
    if (turn <= turns) await onTurn(turn, bench.collect);
    if (last) done.resolve();
  };
  bench.pipeline.addCamera(
    camera('changing', recordingCapture(clip, { loop: true })),
    bench.listener({ onGeometry: () => void onGeometry() }),
  );
  await bench.waitFor(done.promise);
}

/** Real cameras over RTSP and HTTP, whose connections break over and over. */
async function reconnects({ turns, onTurn }: ChurnOrder): Promise<void> {
  if (rtspMissing !== undefined) throw new Error(rtspMissing);
  using clips = new ClipFolder();
  const options = { source: 'testsrc2=s=320x240:r=10:d=20', encoderOptions: { g: '5' } };
  await using servers = new AsyncDisposableStack();
  const rtsp = servers.use(await RtspServer.start({ file: clips.make('camera.mp4', options) }));
  const web = servers.use(await CuttingWebCamera.start(readFileSync(clips.make('camera.ts', options))));
  // A camera waits longer each time, up to 30 s, since no connection is a good one: many of them share the turns.
  const count = Math.max(2, Math.min(32, Math.ceil(turns / 10)));
  await using bench = await Bench.start();
  const done = Promise.withResolvers<void>();
  let turn = 0;
  const cameAgain = async (): Promise<void> => {
    turn += 1;
    const last = turn === turns;
    if (turn <= turns) await onTurn(turn, bench.collect);
    if (last) done.resolve();
  };
  for (let index = 0; index < count; index += 1) {
    let connections = 0;
    let cut: (() => void) | undefined;
    let source = web.url;
    if (index % 2 === 0) {
      const line = servers.use(await CuttableLine.to(rtsp.port));
      source = `rtsp://127.0.0.1:${line.port}/cam`;
      cut = () => line.cut();
    }
    bench.pipeline.addCamera(
      camera(`camera ${index}`, liveCapture(source, { transport: 'tcp' })),
      bench.listener({
        onState: ({ state }) => {
          if (state !== 'live') return;
          connections += 1;
          // The first connection is none that came again.
          if (connections > 1) void cameAgain();
          if (cut !== undefined) setTimeout(cut, 300).unref();
        },
      }),
    );
  }
  await bench.waitFor(done.promise);
}

/** A model is loaded, runs once and is released, in one thread; nothing else. */
async function models({ turns, onTurn }: ChurnOrder): Promise<void> {
  for (let turn = 1; turn <= turns; turn += 1) {
    await using yolo = await Yolo.open(coalModel, { device: 'cpu' });
    const [height, width] = yolo.model.input;
    const detections = new Detections(defaults.maxDetections, yolo.model.maskChannels);
    using output = await yolo.run(yolo.bindInput(new Float32Array(3 * height * width).fill(0.4)));
    yolo.decode(output, { confidence: 0.5, iou: defaults.iou, classIds: [0] }, detections);
    await onTurn(turn, async () => globalThis.gc?.());
  }
}

/** The whole pipeline with both threads starts, decides a picture and stops: what a failed thread makes happen. */
async function pipelines({ turns, onTurn }: ChurnOrder): Promise<void> {
  using clips = new ClipFolder();
  const clip = clips.make('short.mp4', { source: 'testsrc2=s=320x240:r=10:d=0.5' });
  for (let turn = 1; turn <= turns; turn += 1) {
    {
      await using bench = await Bench.start();
      await bench.watch(camera('recording', recordingCapture(clip)), 'onEnded');
    }
    await onTurn(turn, async () => globalThis.gc?.());
  }
}

export const churnKinds: Readonly<Record<string, ChurnKind>> = {
  captures,
  cameras,
  resolutions,
  reconnects,
  models,
  pipelines,
};
