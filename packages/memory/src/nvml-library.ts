/** NVIDIA's management library through koffi. One of the files that ask the system; absent is a normal answer. */
import { loadKoffi } from './native-library.ts';

/** The calls that are made, each with NVML's own return code; answers are written into the buffers that are passed. */
export interface NvmlLibrary {
  init(): number;
  shutdown(): number;
  deviceCount(count: Uint32Array): number;
  deviceHandle(index: number, handle: BigUint64Array): number;
  deviceName(handle: bigint, name: Uint8Array): number;
  memoryInfo(handle: bigint, answer: Uint8Array): number;
  /** @param count In: room in `answer`; out: processes. */
  computeProcesses(handle: bigint, count: Uint32Array, answer: Uint8Array): number;
}

const usualNames = ['libnvidia-ml.so.1', 'nvml.dll'];

/**
 * @param names Where to look; the driver puts the library on the system's own path.
 * @returns `undefined` without koffi, without a driver, and with one that is too old for the calls.
 */
export async function loadNvml(names: readonly string[] = usualNames): Promise<NvmlLibrary | undefined> {
  const koffi = await loadKoffi();
  if (koffi === undefined) return undefined;
  for (const name of names) {
    try {
      return bind(koffi.load(name));
    } catch (error) {
      // No such library, or one without these functions: the next name, and at the end "no GPU".
      if (!(error instanceof Error)) throw error;
    }
  }
  return undefined;
}

interface LoadedLibrary {
  func(prototype: string): (...args: unknown[]) => unknown;
}

function bind(library: LoadedLibrary): NvmlLibrary {
  // A device handle is a pointer of the library's own, that only goes back to it: a number of its size does.
  const init = library.func('int nvmlInit_v2()');
  const shutdown = library.func('int nvmlShutdown()');
  const deviceCount = library.func('int nvmlDeviceGetCount_v2(void *count)');
  const deviceHandle = library.func('int nvmlDeviceGetHandleByIndex_v2(unsigned int index, void *device)');
  const deviceName = library.func('int nvmlDeviceGetName(uintptr_t device, void *name, unsigned int length)');
  const memoryInfo = library.func('int nvmlDeviceGetMemoryInfo_v2(uintptr_t device, void *memory)');
  const computeProcesses = library.func(
    'int nvmlDeviceGetComputeRunningProcesses_v3(uintptr_t device, void *count, void *infos)',
  );
  return {
    init: () => Number(init()),
    shutdown: () => Number(shutdown()),
    deviceCount: (count) => Number(deviceCount(count)),
    deviceHandle: (index, handle) => Number(deviceHandle(index, handle)),
    deviceName: (handle, name) => Number(deviceName(handle, name, name.length)),
    memoryInfo: (handle, answer) => Number(memoryInfo(handle, answer)),
    computeProcesses: (handle, count, answer) => Number(computeProcesses(handle, count, answer)),
  };
}
