// First: the runtime looks at the environment when it is loaded.
import './no-telemetry.ts';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { env, InferenceSession, listSupportedBackends, Tensor } from 'onnxruntime-node';
import { PlateauError } from '../../errors.ts';
import type { Device } from './model-description.ts';
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
}

/** Numbers that a run returned. Owner: whoever called `run`; `free` gives the bytes back at once. */
export interface OutputTensor {
  readonly dims: readonly number[];
  readonly data: Float32Array;
  free(): void;
}

/**
 * ONNX Runtime's session, and the only file that knows this library.
 * Owner: `Yolo`. Disposal releases the native session; a second call does nothing.
 */
export class OnnxSession implements AsyncDisposable {
  readonly inputs: readonly TensorShape[];
  readonly outputs: readonly TensorShape[];
  #session: InferenceSession | undefined;

  /** Loads by path, since external data is found relative to it. @throws PlateauError ERR_MODEL_INVALID, ERR_DEVICE_UNAVAILABLE */
  static async open(path: string, options: SessionOptions): Promise<OnnxSession> {
    env.logLevel = 'fatal';
    try {
      const session = await InferenceSession.create(path, {
        executionProviders: options.device === 'cpu' ? ['cpu'] : [options.device, 'cpu'],
        intraOpNumThreads: options.threads,
        interOpNumThreads: 1,
        executionMode: 'sequential',
        enableCpuMemArena: options.memoryArena,
        // One block planned for all of a run: twice the peak for nothing measurable.
        enableMemPattern: false,
        logSeverityLevel,
        // Idle threads sleep instead of turning: half the CPU time with two threads, and other threads get the cores.
        extra: { session: { intra_op: { allow_spinning: '0' }, inter_op: { allow_spinning: '0' } } },
      });
      return new OnnxSession(session);
    } catch (cause) {
      const reason = plainReason(cause);
      if (options.device === 'cpu') {
        throw new PlateauError('ERR_MODEL_INVALID', `${path} cannot be loaded by ONNX Runtime: ${reason}.`, {
          cause,
        });
      }
      throw new PlateauError(
        'ERR_DEVICE_UNAVAILABLE',
        `${path} cannot be opened on ${options.device}: ${reason}; --device cpu runs anywhere.`,
        { cause },
      );
    }
  }

  private constructor(session: InferenceSession) {
    this.#session = session;
    this.inputs = session.inputMetadata.map(shapeOf);
    this.outputs = session.outputMetadata.map(shapeOf);
  }

  /** A tensor over `pixels` themselves, no copy; shared memory is fine. Made once for each ring slot. */
  static tensor(pixels: Float32Array, dims: readonly number[]): Tensor {
    return new Tensor('float32', pixels, dims);
  }

  /**
   * One run; blocks this thread's event loop for its whole time. `feeds` by input name, `fetches` the outputs wanted.
   * @throws PlateauError ERR_INFERENCE_FAILED
   */
  async run(feeds: Readonly<Record<string, Tensor>>, fetches: readonly string[]): Promise<OutputTensor[]> {
    if (this.#session === undefined) throw new TypeError('OnnxSession was used after it was disposed of');
    let results: InferenceSession.OnnxValueMapType;
    try {
      results = await this.#session.run(feeds, fetches, runOptions);
    } catch (cause) {
      throw new PlateauError('ERR_INFERENCE_FAILED', `The model failed in a run: ${plainReason(cause)}.`, {
        cause,
      });
    }
    return fetches.map((name) => {
      const result = results[name]!;
      const { data, dims } = result;
      if (!(data instanceof Float32Array)) {
        throw new PlateauError(
          'ERR_MODEL_UNSUPPORTED',
          `Output ${name} is ${result.type}; only float32 outputs are read.`,
        );
      }
      return { data, dims, free: () => release(result, data) };
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const session = this.#session;
    this.#session = undefined;
    await session?.release();
  }
}

/**
 * `tensor.dispose()` gives a GPU's memory back, but on the CPU only drops the reference and leaves megabytes a run to the
 * collector. Moving the buffer to length 0 frees its bytes at once.
 */
function release(tensor: InferenceSession.OnnxValueMapType[string], data: Float32Array): void {
  tensor.dispose();
  if (data.buffer instanceof ArrayBuffer && !data.buffer.detached) data.buffer.transfer(0);
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
