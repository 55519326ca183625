/**
 * A few functions of ONNX Runtime's C API through koffi, from the very library that onnxruntime-node has loaded: its
 * binding for Node does not pass them on. They are found by their place in the table of the API, which only ever grows
 * at its end (onnxruntime_c_api.h); the version is pinned all the same, and each place that can be asked is tried.
 */
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/** The version that these places were tried with. */
const pinnedVersion = '1.30.0';
const apiVersion = 30;

/** Places in `OrtApi`. */
const place = {
  getErrorMessage: 2,
  createEnv: 3,
  createCpuMemoryInfo: 69,
  memoryInfoGetName: 71,
  memoryInfoGetType: 74,
  releaseEnv: 92,
  releaseStatus: 93,
  releaseMemoryInfo: 94,
  createAndRegisterAllocator: 144,
  createArenaCfgV2: 164,
  releaseArenaCfg: 157,
  unregisterAllocator: 177,
} as const;

/** `OrtArenaAllocator`, `OrtMemTypeDefault`, `ORT_LOGGING_LEVEL_FATAL`, `kSameAsRequested` of the header. */
const arenaAllocator = 1;
const defaultMemory = 0;
const logFatal = 4;
const extendAsRequested = 1n;

type Pointer = bigint;
type Call = (...args: unknown[]) => unknown;

/** The calls that the memory cap makes. Pointers are the library's own and only go back to it. */
export interface OnnxCApi {
  readonly version: string;
  /** The process's one environment; each call counts, and so does each release. */
  createEnvironment(): Pointer;
  releaseEnvironment(environment: Pointer): void;
  createCpuMemoryInfo(): Pointer;
  /** @returns `Cpu` and 1 for what `createCpuMemoryInfo` makes. */
  describeMemoryInfo(info: Pointer): { readonly name: string; readonly type: number };
  releaseMemoryInfo(info: Pointer): void;
  /** An arena for all sessions that ask for the environment's allocators. @throws Error where there is one already. */
  registerArena(environment: Pointer, info: Pointer, maxBytes: number): void;
  /** Gives the arena's memory back; sessions that still use it must be released before. */
  unregisterArena(environment: Pointer, info: Pointer): void;
}

/** @returns Why there is none, in words that follow "since", where the library cannot be called this way. */
export async function loadOnnxCApi(): Promise<OnnxCApi | string> {
  if (process.platform !== 'linux') return `it was tried on Linux only, and this is ${process.platform}`;
  let koffi: typeof import('koffi').default;
  try {
    koffi = (await import('koffi')).default;
  } catch (error) {
    return `koffi cannot be loaded (${(error as Error).message.split('\n')[0]})`;
  }
  const folder = dirname(createRequire(import.meta.url).resolve('onnxruntime-node/package.json'));
  const file = join(folder, 'bin', 'napi-v6', process.platform, process.arch, 'libonnxruntime.so.1');
  const library = koffi.load(file);
  const getBase = library.func('uintptr_t OrtGetApiBase()') as Call;
  const words = (address: Pointer, count: number): readonly Pointer[] =>
    Array.from(koffi.decode(address, 'uintptr_t', count) as ArrayLike<bigint | number>, BigInt);
  const at = (address: Pointer, prototype: string): Call => {
    const type = koffi.proto(prototype);
    return (...args) => koffi.call(address, type, ...args);
  };
  const [getApi, getVersion] = words(BigInt(getBase() as number), 2);
  const version = at(getVersion, 'const char *(void)')() as string;
  if (version !== pinnedVersion)
    return `its calls are known for ONNX Runtime ${pinnedVersion}, and ${version} is installed`;
  const address = BigInt(at(getApi, 'uintptr_t (uint32_t version)')(apiVersion) as number);
  if (address === 0n) return `ONNX Runtime ${version} offers no API of version ${apiVersion}`;
  const table = words(address, place.unregisterAllocator + 1);
  return bind(version, (name, prototype) => at(table[place[name]], prototype));
}

function bind(version: string, at: (name: keyof typeof place, prototype: string) => Call): OnnxCApi {
  const errorMessage = at('getErrorMessage', 'const char *(uintptr_t status)');
  const releaseStatus = at('releaseStatus', 'void (uintptr_t status)');
  const createEnv = at('createEnv', 'uintptr_t (int level, const char *id, void *out)');
  const releaseEnv = at('releaseEnv', 'void (uintptr_t env)');
  const createCpuMemoryInfo = at('createCpuMemoryInfo', 'uintptr_t (int allocator, int type, void *out)');
  const memoryInfoName = at('memoryInfoGetName', 'uintptr_t (uintptr_t info, _Out_ const char **out)');
  const memoryInfoType = at('memoryInfoGetType', 'uintptr_t (uintptr_t info, void *out)');
  const releaseMemoryInfo = at('releaseMemoryInfo', 'void (uintptr_t info)');
  const createArenaCfg = at(
    'createArenaCfgV2',
    'uintptr_t (const char **keys, void *values, size_t count, void *out)',
  );
  const releaseArenaCfg = at('releaseArenaCfg', 'void (uintptr_t config)');
  const register = at(
    'createAndRegisterAllocator',
    'uintptr_t (uintptr_t env, uintptr_t info, uintptr_t config)',
  );
  const unregister = at('unregisterAllocator', 'uintptr_t (uintptr_t env, uintptr_t info)');

  /** A call that answers a status, which is 0 where all went well. */
  const check = (status: unknown): void => {
    if (BigInt(status as number) === 0n) return;
    const message = errorMessage(status) as string;
    releaseStatus(status);
    throw new Error(message);
  };
  const made = (make: (out: BigUint64Array) => unknown): Pointer => {
    const out = new BigUint64Array(1);
    check(make(out));
    return out[0];
  };
  return {
    version,
    createEnvironment: () => made((out) => createEnv(logFatal, 'plateau', out)),
    releaseEnvironment: (environment) => void releaseEnv(environment),
    createCpuMemoryInfo: () => made((out) => createCpuMemoryInfo(arenaAllocator, defaultMemory, out)),
    describeMemoryInfo: (info) => {
      const name: [string | null] = [null];
      const type = new Int32Array(1);
      check(memoryInfoName(info, name));
      check(memoryInfoType(info, type));
      return { name: name[0] ?? '', type: type[0] };
    },
    releaseMemoryInfo: (info) => void releaseMemoryInfo(info),
    registerArena: (environment, info, maxBytes) => {
      const keys = ['max_mem', 'arena_extend_strategy'];
      const values = new BigUint64Array([BigInt(maxBytes), extendAsRequested]);
      const config = made((out) => createArenaCfg(keys, values, keys.length, out));
      try {
        check(register(environment, info, config));
      } finally {
        releaseArenaCfg(config);
      }
    },
    unregisterArena: (environment, info) => check(unregister(environment, info)),
  };
}
