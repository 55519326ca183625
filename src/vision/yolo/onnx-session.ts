// First: the runtime looks at the environment when it is loaded.
import './no-telemetry.ts';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { env, InferenceSession, listSupportedBackends, Tensor } from 'onnxruntime-node';
import { PlateauError } from '../../errors.ts';
import type { Device } from './model-description.ts';
import { missingBytes, OnnxMemoryCap } from './onnx-memory-cap.ts';
import { plainReason } from './plain-reason.ts';

/** Newest file format and operator set that this runtime reads without a warning of its own (onnxruntime-node 1.30, tried). */
export const newestIrVersion = 13;
export const newestOpset = 26;

/** Nothing but what ends the process: the runtime writes to standard error by itself, and its errors come as exceptions. */
const logSeverityLevel = 4;
const runOptions = { logSeverityLevel } as const;

/** One input or output as the runtime declares it: fixed sizes as numbers, open ones as names. */
export interface TensorShape {
  readonly name: string;
  readonly type: string;
  readonly dims: readonly (number | string)[];
}

export interface SessionOptions {
  readonly device: Device;
  /** Threads inside the runtime. */
  readonly threads: number;
  /** The runtime's memory arena: less CPU time a run, but what it took for one size it keeps for ever. */
  readonly memoryArena: boolean;
  /** The most that the runtime may take on the CPU, weights included; no limit where absent. */
  readonly memoryLimitBytes?: number | undefined;
}

/** What a run returned, as the runtime hands it over; `OnnxSession.output` reads it. */
export type RunResults = InferenceSession.OnnxValueMapType;

/** Numbers that a run returned. Owner: whoever began the run; `OnnxSession.free` gives the bytes back at once. */
export interface OutputTensor {
  readonly dims: readonly number[];
  readonly data: Float32Array;
  /** Gives only a GPU's memory back. */
  dispose(): void;
}

/**
 * ONNX Runtime's session, and the only file that knows this library.
 * Owner: `Yolo`. Disposal releases the native session; a second call does nothing.
 */
export class OnnxSession implements AsyncDisposable {
  readonly inputs: readonly TensorShape[];
  readonly outputs: readonly TensorShape[];
  readonly #reopen: () => Promise<InferenceSession>;
  readonly #cap: OnnxMemoryCap | undefined;
  #session: InferenceSession | undefined;
  #disposed = false;

  /**
   * Loads by path, since external data is found relative to it.
   * @throws PlateauError ERR_MODEL_INVALID, ERR_DEVICE_UNAVAILABLE, ERR_BUDGET_EXCEEDED, ERR_CAP_UNAVAILABLE
   */
  static async open(path: string, options: SessionOptions): Promise<OnnxSession> {
    env.logLevel = 'fatal';
    await using undo = new AsyncDisposableStack();
    const cap = undo.use(await installCap(options));
    const reopen = (): Promise<InferenceSession> => openNative(path, options);
    const session = await reopen();
    undo.move();
    return new OnnxSession(session, reopen, cap);
  }

  private constructor(
    session: InferenceSession,
    reopen: () => Promise<InferenceSession>,
    cap: OnnxMemoryCap | undefined,
  ) {
    this.#session = session;
    this.#reopen = reopen;
    this.#cap = cap;
    this.inputs = session.inputMetadata.map(shapeOf);
    this.outputs = session.outputMetadata.map(shapeOf);
  }

  /** A tensor over `pixels` themselves, no copy; shared memory is fine. Made once for each ring slot. */
  static tensor(pixels: Float32Array, dims: readonly number[]): Tensor {
    return new Tensor('float32', pixels, dims);
  }

  /**
   * One run; blocks this thread's event loop for its whole time. `feeds` by input name, `fetches` the outputs wanted.
   * @throws PlateauError ERR_INFERENCE_FAILED; ERR_BUDGET_EXCEEDED where the memory's limit refused it, and then the
   *   next run works.
   */
  async run(feeds: Readonly<Record<string, Tensor>>, fetches: readonly string[]): Promise<OutputTensor[]> {
    const running = this.start(feeds, fetches);
    let results: RunResults;
    try {
      results = await running;
    } catch (cause) {
      throw await this.failure(cause);
    }
    return fetches.map((name) => OnnxSession.output(results, name));
  }

  /**
   * Begins a run and gives the runtime's own promise, so that a picture costs none of ours. What rejects it goes through
   * `failure`. @throws TypeError after disposal
   */
  start(feeds: Readonly<Record<string, Tensor>>, fetches: readonly string[]): Promise<RunResults> {
    if (this.#disposed) throw new TypeError('OnnxSession was used after it was disposed of');
    if (this.#session === undefined) return this.#startAnew(feeds, fetches);
    return this.#session.run(feeds, fetches, runOptions);
  }

  /** Where a refusal could not be followed by a new session, the next run is the next chance. */
  async #startAnew(feeds: Readonly<Record<string, Tensor>>, fetches: readonly string[]): Promise<RunResults> {
    this.#session ??= await this.#reopen();
    return await this.#session.run(feeds, fetches, runOptions);
  }

  /** What to throw for a run that was rejected with `cause`. After a refusal by the memory's limit the next run works. */
  async failure(cause: unknown): Promise<PlateauError> {
    if (cause instanceof PlateauError) return cause;
    const refusal = refusalOf(cause, 'A run', this.#cap?.limitBytes);
    if (refusal !== undefined) await this.#shrink();
    const reason = `The model failed in a run: ${plainReason(cause)}.`;
    return refusal ?? new PlateauError('ERR_INFERENCE_FAILED', reason, { cause });
  }

  /** One output of a run. @throws PlateauError ERR_MODEL_UNSUPPORTED for one that is not float32 */
  static output(results: RunResults, name: string): OutputTensor {
    const tensor = results[name]!;
    if (tensor.data instanceof Float32Array) return tensor as OutputTensor;
    throw new PlateauError(
      'ERR_MODEL_UNSUPPORTED',
      `Output ${name} is ${tensor.type}; only float32 outputs are read.`,
    );
  }

  /**
   * `tensor.dispose()` gives a GPU's memory back, but on the CPU only drops the reference and leaves megabytes a run to
   * the collector. Moving the buffer to length 0 frees its bytes at once. Once a tensor: its data are gone.
   */
  static free(tensor: OutputTensor): void {
    const { buffer } = tensor.data;
    tensor.dispose();
    if (buffer instanceof ArrayBuffer && !buffer.detached) buffer.transfer(0);
  }

  /** What the refused run had taken until then stays in the arena for ever: an empty one takes its place. */
  async #shrink(): Promise<void> {
    const session = this.#session;
    this.#session = undefined;
    await session?.release();
    this.#cap?.renew();
    this.#session = await this.#reopen();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const session = this.#session;
    this.#session = undefined;
    this.#disposed = true;
    await session?.release();
    this.#cap?.[Symbol.dispose]();
  }
}

/** @throws PlateauError ERR_MODEL_INVALID, ERR_DEVICE_UNAVAILABLE, ERR_BUDGET_EXCEEDED */
async function openNative(path: string, options: SessionOptions): Promise<InferenceSession> {
  const limited = options.memoryLimitBytes !== undefined;
  try {
    return await InferenceSession.create(path, {
      executionProviders: options.device === 'cpu' ? ['cpu'] : [options.device, 'cpu'],
      intraOpNumThreads: options.threads,
      interOpNumThreads: 1,
      executionMode: 'sequential',
      // Under a limit the arena is the process's own, which keeps it.
      enableCpuMemArena: limited || options.memoryArena,
      // One block planned for all of a run: twice the peak for nothing measurable.
      enableMemPattern: false,
      logSeverityLevel,
      extra: {
        session: {
          // Idle threads sleep instead of turning: half the CPU time with two threads, and other threads get the cores.
          intra_op: { allow_spinning: '0' },
          inter_op: { allow_spinning: '0' },
          ...(limited ? { use_env_allocators: '1' } : {}),
        },
      },
    });
  } catch (cause) {
    const reason = plainReason(cause);
    const refusal = refusalOf(cause, `Loading ${path}`, options.memoryLimitBytes);
    if (refusal !== undefined) throw refusal;
    if (options.device === 'cpu') {
      throw new PlateauError('ERR_MODEL_INVALID', `${path} cannot be loaded by ONNX Runtime: ${reason}.`, {
        cause,
      });
    }
    throw new PlateauError(
      'ERR_DEVICE_UNAVAILABLE',
      `${path} cannot be opened on ${options.device}: ${reason}; --device cpu (model.device) runs anywhere.`,
      { cause },
    );
  }
}

async function installCap(options: SessionOptions): Promise<OnnxMemoryCap | undefined> {
  const { device, memoryLimitBytes } = options;
  if (memoryLimitBytes === undefined) return undefined;
  if (device === 'cpu') return await OnnxMemoryCap.install(memoryLimitBytes, tryToTake);
  throw new PlateauError(
    'ERR_CAP_UNAVAILABLE',
    `The model's memory cannot be capped on ${device}, only on the CPU; leave --model-memory (model.memoryMegabytes) out, or choose --device cpu (model.device).`,
  );
}

/** The refusal of the memory's limit, where it is one. */
function refusalOf(cause: unknown, what: string, limitBytes: number | undefined): PlateauError | undefined {
  const missing = limitBytes === undefined ? undefined : missingBytes(String(cause));
  if (missing === undefined || limitBytes === undefined) return undefined;
  const megabytes = (bytes: number): string => (bytes / 2 ** 20).toFixed(1);
  return new PlateauError(
    'ERR_BUDGET_EXCEEDED',
    `${what} asked for ${megabytes(missing.asked)} MB when ${megabytes(missing.left)} of the model's ${megabytes(limitBytes)} MB were left; raise --model-memory (model.memoryMegabytes) or take a smaller input.`,
    { cause },
  );
}

/** A model of one node, `ConstantOfShape`: the tensor that it makes is as long as its input says. */
const probeModel = Buffer.from(
  '08084202100d3a3f' +
    '0a170a016e120179220f436f6e7374616e744f665368617065' +
    '120167' +
    '5a0f0a016e120a0a08080712040a020801' +
    '62100a0179120b0a09080112050a0312014e',
  'hex',
);

/** Takes so many bytes from the environment's arena. @returns The reason where that was refused. */
async function tryToTake(bytes: number): Promise<string | undefined> {
  const session = await InferenceSession.create(probeModel, {
    executionProviders: ['cpu'],
    logSeverityLevel,
    extra: { session: { use_env_allocators: '1' } },
  });
  try {
    await session.run({ n: new Tensor('int64', BigInt64Array.of(BigInt(bytes / 4)), [1]) }, runOptions);
    return undefined;
  } catch (error) {
    return String(error);
  } finally {
    await session.release();
  }
}

function shapeOf(value: InferenceSession.ValueMetadata): TensorShape {
  return value.isTensor
    ? { name: value.name, type: value.type, dims: value.shape }
    : { name: value.name, type: 'no tensor', dims: [] };
}

/** Devices whose providers are there: the runtime also lists those that its install script may fetch later. */
export function supportedDevices(): Device[] {
  const bundled = new Set(listSupportedBackends().flatMap(({ name, bundled }) => (bundled ? [name] : [])));
  if (existsSync(providerLibrary('cuda'))) bundled.add('cuda');
  return (['cuda', 'webgpu', 'cpu'] as const).filter((device) => bundled.has(device));
}

function providerLibrary(provider: string): string {
  const folder = dirname(createRequire(import.meta.url).resolve('onnxruntime-node/package.json'));
  const file =
    process.platform === 'win32'
      ? `onnxruntime_providers_${provider}.dll`
      : `libonnxruntime_providers_${provider}.so`;
  return join(folder, 'bin', 'napi-v6', process.platform, process.arch, file);
}
