/**
 * A decoder on a device that proves itself with its first picture, and until then keeps the packets: where it fails,
 * software decodes them instead, and no picture is lost. A device that is lost later is left at the next key frame. Its
 * pictures lie in system memory. Owns both decoders.
 */
import { UseAfterDisposeError } from '@plateau/memory';
import { DeviceFailures } from './device-failures.ts';
import { downloadSurface } from './download-surface.ts';
import { AVERROR_EOF, errorText, Frame, type Packet, posix } from './ffmpeg.ts';
import { KeptPackets } from './kept-packets.ts';
import type { Decoder, DecodingEffort } from './picture-decoder.ts';

/** Packets, and bytes of them, within which the first picture has to come: more than any decoder keeps back. */
const trialPackets = 64;
const trialBytes = 2 ** 24;

export interface HardwareDecoderOptions {
  /** The device's pictures lie in memory of its own and have to be copied into the system's. */
  readonly downloads: boolean;
  /** Opens the decoder that goes on where the device fails. */
  readonly openSoftware: () => Decoder;
  /** Software decodes from now on. @param reason Half a sentence. */
  readonly onSoftware: (reason: string) => void;
  /** The decoder has refused a packet that was kept. */
  readonly onRefused: (isKey: boolean, pts: bigint) => void;
}

export class HardwareDecoder implements Decoder {
  readonly #options: HardwareDecoderOptions;
  readonly #surface = new Frame();
  readonly #kept = new KeptPackets();
  readonly #failures = new DeviceFailures();
  #decoder: Decoder;
  #state: 'trial' | 'hardware' | 'software' = 'trial';
  /** The code with which a device on trial refused a packet. */
  #refusal = 0;
  /** Why software takes over with the packet kept. */
  #lost: string | undefined;
  #drained = false;
  #changed = false;
  #disposed = false;

  /** @param device The device's decoder, owned from here on. */
  constructor(device: Decoder, options: HardwareDecoderOptions) {
    this.#options = options;
    this.#decoder = device;
    this.#surface.alloc();
  }

  get codecName(): string {
    return this.#decoder.codecName;
  }

  get effort(): DecodingEffort {
    return this.#decoder.effort;
  }

  set effort(effort: DecodingEffort) {
    this.#decoder.effort = effort;
  }

  send(packet: Packet | null): number {
    if (this.#disposed) throw new UseAfterDisposeError(`the ${this.codecName} decoder`);
    if (packet === null) this.#drained = true;
    // What was kept goes first; the reader takes pictures out until nothing is kept any more.
    if (this.#state === 'software') return this.#decoder.send(packet);
    if (this.#state === 'hardware') return this.#sendToDevice(packet);
    if (packet !== null) this.#kept.add(packet);
    const code = this.#decoder.send(packet);
    if (code >= 0) return code;
    // Ahead of the first key frame every decoder refuses packets. After it, the next `receive` changes to software,
    // which sees this packet again.
    if (packet === null) return code;
    if (this.#kept.hasKeyFrame) {
      this.#refusal = code;
      return 0;
    }
    // The caller counts this packet as refused already.
    this.#kept.dropLast();
    return code;
  }

  receive(frame: Frame): number {
    if (this.#disposed) throw new UseAfterDisposeError(`the ${this.codecName} decoder`);
    if (this.#lost !== undefined) this.#changeToSoftware(this.#lost);
    if (this.#state === 'software') return this.#receiveKept(frame);
    if (this.#state === 'hardware') return this.#receiveFromDevice(frame);
    const code = this.#refusal < 0 ? this.#refusal : this.#receivePicture(frame);
    if (code === 0) {
      this.#state = 'hardware';
      this.#kept.clear();
      return code;
    }
    const why = this.#failure(code);
    if (why === undefined) return code;
    this.#changeToSoftware(why);
    return this.#receiveKept(frame);
  }

  [Symbol.dispose](): void {
    if (this.#disposed) return;
    this.#disposed = true;
    this.#kept[Symbol.dispose]();
    this.#decoder[Symbol.dispose]();
    this.#surface.free();
  }

  #sendToDevice(packet: Packet | null): number {
    const lost = this.#failures.sending(packet);
    if (packet !== null && lost !== undefined) {
      this.#lost = lost;
      this.#kept.add(packet);
      return 0;
    }
    const code = this.#decoder.send(packet);
    if (code < 0 && code !== posix.again) this.#failures.refused();
    return code;
  }

  #receiveFromDevice(frame: Frame): number {
    const code = this.#receivePicture(frame);
    if (code === posix.again || code === AVERROR_EOF) return code;
    if (code === 0) {
      this.#failures.worked();
      return code;
    }
    if (this.#failures.failed()) return code;
    return this.#drained ? AVERROR_EOF : posix.again;
  }

  /** One picture of the device, in system memory. */
  #receivePicture(frame: Frame): number {
    if (!this.#options.downloads) return this.#decoder.receive(frame);
    const code = this.#decoder.receive(this.#surface);
    if (code < 0) return code;
    try {
      if (this.#surface.isHwFrame()) return downloadSurface(this.#surface, frame);
      // FFmpeg has changed to software within the same decoder: the device does not take pictures of this form.
      // It may change back, so the way of the pictures stays.
      if (!this.#changed) this.#options.onSoftware('the device does not take pictures of this form');
      this.#changed = true;
      return frame.ref(this.#surface);
    } finally {
      this.#surface.unref();
    }
  }

  /** Why a device on trial is given up after this code, or `undefined` where it may go on. */
  #failure(code: number): string | undefined {
    if (code === AVERROR_EOF) return 'its decoder gave out no picture';
    if (code !== posix.again)
      return this.#kept.hasKeyFrame ? `its decoder fails (${errorText(code)})` : undefined;
    if (this.#kept.count < trialPackets && this.#kept.bytes < trialBytes) return undefined;
    return `its decoder gave out no picture within ${this.#kept.count} packets`;
  }

  #changeToSoftware(reason: string): void {
    const { effort } = this.#decoder;
    this.#state = 'software';
    this.#lost = undefined;
    if (!this.#changed) this.#options.onSoftware(reason);
    const software = this.#options.openSoftware();
    this.#decoder[Symbol.dispose]();
    this.#decoder = software;
    if (effort !== 'all') software.effort = effort;
    // The new decoder has not heard yet that nothing follows.
    if (this.#drained && this.#kept.count === 0) software.send(null);
  }

  /** Software's next picture, out of the packets that were kept as long as there are any. */
  #receiveKept(frame: Frame): number {
    for (;;) {
      const code = this.#decoder.receive(frame);
      const next = code === posix.again ? this.#kept.takeFirst() : undefined;
      if (next === undefined) return code;
      using packet = next;
      const sent = this.#decoder.send(packet);
      if (this.#kept.count === 0 && this.#drained) this.#decoder.send(null);
      if (sent >= 0) continue;
      this.#options.onRefused(packet.isKeyframe, packet.pts);
      return sent;
    }
  }
}
