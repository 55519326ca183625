/**
 * GPU memory as NVIDIA's driver counts it: all of the device, what is reserved, and what is ours. For the monitor:
 * `const nvml = await Nvml.open(); new MemoryMonitor({ gpus: nvml && (() => nvml.sample()) })`.
 */
import { UseAfterDisposeError } from './errors.ts';
import type { GpuMemory } from './memory-monitor.ts';
import { loadNvml, type NvmlLibrary } from './nvml-library.ts';

const success = 0;
const insufficientSize = 7;
/** `nvmlMemory_v2_t`: a version word, padding, and four numbers of 64 bits. */
const memoryBytes = 40;
const memoryVersion = memoryBytes | (2 << 24);
/** `nvmlProcessInfo_t`: pid, padding, bytes, two instance numbers. */
const processBytes = 24;
const notAvailable = 0xffff_ffff_ffff_ffffn;

export class Nvml implements Disposable {
  readonly #library: NvmlLibrary;
  readonly #devices: readonly { handle: bigint; name: string }[];
  readonly #pid: number;
  #processRoom = 16;
  #open = true;

  private constructor(
    library: NvmlLibrary,
    devices: readonly { handle: bigint; name: string }[],
    pid: number,
  ) {
    this.#library = library;
    this.#devices = devices;
    this.#pid = pid;
  }

  /**
   * The caller owns it. @param library Passed in by tests.
   * @returns `undefined` where there is no NVIDIA GPU, no driver or no koffi: a normal answer.
   */
  static async open(library?: NvmlLibrary, pid: number = process.pid): Promise<Nvml | undefined> {
    const nvml = library ?? (await loadNvml());
    if (nvml === undefined || nvml.init() !== success) return undefined;
    const count = new Uint32Array(1);
    const devices = nvml.deviceCount(count) === success ? findDevices(nvml, count[0] ?? 0) : [];
    if (devices.length > 0) return new Nvml(nvml, devices, pid);
    nvml.shutdown();
    return undefined;
  }

  /** One entry for each device that answers; one that has fallen off the bus is left out. */
  sample(): GpuMemory[] {
    if (!this.#open) throw new UseAfterDisposeError('the connection to NVML');
    const found: GpuMemory[] = [];
    const answer = new Uint8Array(memoryBytes);
    const view = new DataView(answer.buffer);
    for (const { handle, name } of this.#devices) {
      view.setUint32(0, memoryVersion, true);
      if (this.#library.memoryInfo(handle, answer) !== success) continue;
      const [totalBytes, reservedBytes, , usedBytes] = [8, 16, 24, 32].map((at) =>
        Number(view.getBigUint64(at, true)),
      );
      found.push({
        name,
        totalBytes: totalBytes ?? 0,
        reservedBytes: reservedBytes ?? 0,
        usedBytes: usedBytes ?? 0,
        usedByUsBytes: this.#usedByUs(handle),
      });
    }
    return found;
  }

  [Symbol.dispose](): void {
    if (this.#open) this.#library.shutdown();
    this.#open = false;
  }

  /** `undefined` where the driver does not tell: inside of a container with its own process numbers, and on Windows. */
  #usedByUs(handle: bigint): number | undefined {
    const count = new Uint32Array([this.#processRoom]);
    let answer = new Uint8Array(this.#processRoom * processBytes);
    let code = this.#library.computeProcesses(handle, count, answer);
    if (code === insufficientSize) {
      // More processes than there was room for; a few may come while we ask again.
      this.#processRoom = (count[0] ?? 0) + 8;
      count[0] = this.#processRoom;
      answer = new Uint8Array(this.#processRoom * processBytes);
      code = this.#library.computeProcesses(handle, count, answer);
    }
    if (code !== success) return undefined;
    const view = new DataView(answer.buffer);
    const processes = count[0] ?? 0;
    for (let at = 0; at < processes; at += 1) {
      if (view.getUint32(at * processBytes, true) !== this.#pid) continue;
      const bytes = view.getBigUint64(at * processBytes + 8, true);
      return bytes === notAvailable ? undefined : Number(bytes);
    }
    // Not among those that compute: we hold nothing, unless others are listed whose numbers are not from our world.
    return processes === 0 ? 0 : undefined;
  }
}

function findDevices(nvml: NvmlLibrary, count: number): { handle: bigint; name: string }[] {
  const devices: { handle: bigint; name: string }[] = [];
  const handle = new BigUint64Array(1);
  const name = new Uint8Array(96);
  for (let index = 0; index < count; index += 1) {
    if (nvml.deviceHandle(index, handle) !== success) continue;
    const isNamed = nvml.deviceName(handle[0] ?? 0n, name) === success;
    const text = isNamed ? new TextDecoder().decode(name.subarray(0, name.indexOf(0))) : `GPU ${index}`;
    devices.push({ handle: handle[0] ?? 0n, name: text });
  }
  return devices;
}
