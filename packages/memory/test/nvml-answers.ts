/**
 * Answers of NVML as bytes, laid out as `nvml.h` has them (little endian, 64-bit). The figures are those that `nvidia-smi`
 * prints for such cards; put together here and not recorded, since no machine with a GPU could be had.
 */
import type { NvmlLibrary } from '../src/index.ts';

export interface FakeCard {
  readonly name: string;
  readonly mebibytes: { readonly total: number; readonly reserved: number; readonly used: number };
  readonly processes: readonly { readonly pid: number; readonly bytes: bigint }[];
  /** NVML's code for the question about memory. Default: success. */
  readonly memoryCode?: number;
  readonly processCode?: number;
}

export const cards: Readonly<Record<string, FakeCard>> = {
  t4: {
    name: 'Tesla T4',
    mebibytes: { total: 15_360, reserved: 441, used: 2_105 },
    processes: [{ pid: 4242, bytes: 2_101n * 2n ** 20n }],
  },
  h100: {
    name: 'NVIDIA H100 80GB HBM3',
    mebibytes: { total: 81_559, reserved: 551, used: 12_345 },
    processes: [
      { pid: 77, bytes: 8_000n * 2n ** 20n },
      { pid: 4242, bytes: 4_000n * 2n ** 20n },
    ],
  },
  /** A card under Windows' own memory manager: the driver does not know what a process holds. */
  wddm: {
    name: 'NVIDIA GeForce RTX 3060',
    mebibytes: { total: 12_288, reserved: 225, used: 900 },
    processes: [{ pid: 4242, bytes: 0xffff_ffff_ffff_ffffn }],
  },
  /** One that has fallen off the bus: NVML_ERROR_GPU_IS_LOST. */
  lost: { name: 'Tesla T4', mebibytes: { total: 0, reserved: 0, used: 0 }, processes: [], memoryCode: 15 },
};

/** A library that answers as the driver does. */
export function fakeNvml(of: readonly FakeCard[], initCode: number = 0): NvmlLibrary & { open: number } {
  const cardOf = (handle: bigint): FakeCard => of[Number(handle) - 1000] as FakeCard;
  return {
    open: 0,
    init(): number {
      if (initCode === 0) this.open += 1;
      return initCode;
    },
    shutdown(): number {
      this.open -= 1;
      return 0;
    },
    deviceCount: (count) => {
      count[0] = of.length;
      return 0;
    },
    deviceHandle: (index, handle) => {
      handle[0] = BigInt(1000 + index);
      return 0;
    },
    deviceName: (handle, name) => {
      name.fill(0).set(new TextEncoder().encode(cardOf(handle).name));
      return 0;
    },
    memoryInfo: (handle, answer) => {
      const { mebibytes, memoryCode = 0 } = cardOf(handle);
      const view = new DataView(answer.buffer);
      // NVML_ERROR_ARGUMENT_VERSION_MISMATCH, for whoever does not say which form is meant.
      if (view.getUint32(0, true) !== 0x0200_0028) return 25;
      const { total, reserved, used } = mebibytes;
      for (const [at, value] of [total, reserved, total - reserved - used, used].entries()) {
        view.setBigUint64(8 + at * 8, BigInt(value) * 2n ** 20n, true);
      }
      return memoryCode;
    },
    computeProcesses: (handle, count, answer) => {
      const { processes, processCode = 0 } = cardOf(handle);
      const room = count[0] ?? 0;
      count[0] = processes.length;
      if (room < processes.length) return 7;
      const view = new DataView(answer.buffer);
      for (const [at, { pid, bytes }] of processes.entries()) {
        view.setUint32(at * 24, pid, true);
        view.setBigUint64(at * 24 + 8, bytes, true);
        view.setUint32(at * 24 + 16, 0xffff_ffff, true);
        view.setUint32(at * 24 + 20, 0xffff_ffff, true);
      }
      return processCode;
    },
  };
}
