import { PlateauError } from '../../errors.ts';
import { loadOnnxCApi, type OnnxCApi } from './onnx-c-api.ts';

/** What the arena of the self-test may take, and what the test asks for in vain. */
const probeLimitBytes = 1024 * 1024;
const probeAskedBytes = 8 * 1024 * 1024;

/** Runs a model that needs so many bytes. @returns The reason where the runtime refused them, else `undefined`. */
export type TryToTake = (bytes: number) => Promise<string | undefined>;

/**
 * A hard cap on what ONNX Runtime takes on the CPU: an arena of the whole process that grows as asked for, and not
 * beyond its limit. Sessions use it that are opened with `session.use_env_allocators`. What does not fit is refused
 * before it is allocated, and the session goes on working.
 *
 * Owner: whoever installed it; all sessions that use it must be released before it is renewed or disposed of.
 */
export class OnnxMemoryCap implements Disposable {
  readonly limitBytes: number;
  readonly #api: OnnxCApi;
  readonly #environment: bigint;
  readonly #info: bigint;
  #registered = false;
  #disposed = false;

  /**
   * Tries the cap with a small arena first: that more is refused, and that less works afterwards.
   *
   * @throws PlateauError ERR_CAP_UNAVAILABLE where it does not hold here: a cap that is none would be worse than none.
   */
  static async install(limitBytes: number, tryToTake: TryToTake): Promise<OnnxMemoryCap> {
    const api = await loadOnnxCApi();
    if (typeof api === 'string') throw unavailable(api);
    using undo = new DisposableStack();
    const environment = undo.adopt(api.createEnvironment(), (made) => api.releaseEnvironment(made));
    const info = undo.adopt(api.createCpuMemoryInfo(), (made) => api.releaseMemoryInfo(made));
    const described = api.describeMemoryInfo(info);
    if (described.name !== 'Cpu' || described.type !== 1)
      throw unavailable(`ONNX Runtime ${api.version} answers with ${JSON.stringify(described)}`);
    const cap = new OnnxMemoryCap(api, limitBytes, environment, info);
    undo.defer(() => cap.#unregister());
    await cap.#test(tryToTake);
    cap.#register(limitBytes);
    undo.move();
    return cap;
  }

  private constructor(api: OnnxCApi, limitBytes: number, environment: bigint, info: bigint) {
    this.#api = api;
    this.limitBytes = limitBytes;
    this.#environment = environment;
    this.#info = info;
  }

  /** Gives back all that the arena holds, and begins with an empty one: shrinking. */
  renew(): void {
    this.#unregister();
    this.#register(this.limitBytes);
  }

  [Symbol.dispose](): void {
    if (this.#disposed) return;
    this.#disposed = true;
    this.#unregister();
    this.#api.releaseMemoryInfo(this.#info);
    this.#api.releaseEnvironment(this.#environment);
  }

  async #test(tryToTake: TryToTake): Promise<void> {
    this.#register(probeLimitBytes);
    const refused = await tryToTake(probeAskedBytes);
    const afterwards = await tryToTake(probeLimitBytes / 4);
    this.#unregister();
    if (refused === undefined || missingBytes(refused) === undefined)
      throw unavailable(
        refused === undefined
          ? `${probeAskedBytes} bytes were taken beyond a limit of ${probeLimitBytes}`
          : `a refusal reads ${JSON.stringify(refused)}`,
      );
    if (afterwards !== undefined) throw unavailable(`after a refusal nothing works any more (${afterwards})`);
  }

  #register(limitBytes: number): void {
    this.#api.registerArena(this.#environment, this.#info, limitBytes);
    this.#registered = true;
  }

  #unregister(): void {
    if (this.#registered) this.#api.unregisterArena(this.#environment, this.#info);
    this.#registered = false;
  }
}

/** Bytes that a run asked for in vain, where the runtime's message tells of the arena's limit. */
export function missingBytes(message: string): { readonly asked: number; readonly left: number } | undefined {
  const found = /Available memory of (\d+) is smaller than requested bytes of (\d+)/.exec(message);
  return found === null ? undefined : { left: Number(found[1]), asked: Number(found[2]) };
}

function unavailable(why: string): PlateauError {
  return new PlateauError(
    'ERR_CAP_UNAVAILABLE',
    `The model's memory cannot be capped here, since ${why}; run without --model-memory (model.memoryMegabytes) and limit the process instead.`,
  );
}
