/**
 * A decoder on a device that proves itself with its first picture, and until then keeps the packets: where it fails,
 * software decodes them instead, and no picture is lost. A device that is lost later is left at the next key frame. Its
 * pictures lie in system memory. Owns both decoders.
 */
import { UseAfterDisposeError } from '@plateau/memory';
import { downloadSurface } from './download-surface.ts';
import { AVERROR_EOF, errorText, Frame, type Packet, posix } from './ffmpeg.ts';
import type { Decoder, DecodingEffort } from './picture-decoder.ts';

/** Packets, and bytes of them, within which the first picture has to come: more than any decoder keeps back. */
const trialPackets = 64;
const trialBytes = 2 ** 24;
/** Packets in a row, a key frame among them, on which a device that has worked must fail to count as lost. */
const lostPackets = 10;

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
  readonly #kept: Packet[] = [];
  #keptBytes = 0;
  #decoder: Decoder;
  #state: 'trial' | 'hardware' | 'software' = 'trial';
  #keySeen = false;
  #refusal = 0;
  #drained = false;
  #changed = false;
  #disposed = false;
  /** Since the device's last picture: packets on which it failed, and whether a key frame was one of them. */
  #failures = 0;
  #keyFailed = false;
  /** Of the packet sent last: whether it is a key frame, and whether its picture's error was passed on. */
  #sentKey = false;
  #errorTold = false;
  /** Why software takes over with the packet kept. */
  #lost: string | undefined;

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
    if (packet !== null) this.#keep(packet);
    const code = this.#decoder.send(packet);
    if (code >= 0) return code;
    // Ahead of the first key frame every decoder refuses packets. After it, the next `receive` changes to software,
    // which sees this packet again.
    if (packet === null) return code;
    if (!this.#keySeen) return this.#forgetLast(code);
    this.#refusal = code;
    return 0;
  }

  receive(frame: Frame): number {
    if (this.#disposed) throw new UseAfterDisposeError(`the ${this.codecName} decoder`);
    if (this.#lost !== undefined) this.#changeToSoftware(this.#lost);
    if (this.#state === 'software') return this.#receiveKept(frame);
    if (this.#state === 'hardware') return this.#receiveFromDevice(frame);
    const code = this.#refusal < 0 ? this.#refusal : this.#receivePicture(frame);
    if (code === 0) {
      this.#state = 'hardware';
      this.#letGoOfKept();
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
    this.#letGoOfKept();
    this.#decoder[Symbol.dispose]();
    this.#surface.free();
  }

  /** To a device that has worked. From a key frame on software can go on, so a lost one is left there. */
  #sendToDevice(packet: Packet | null): number {
    this.#errorTold = false;
    this.#sentKey = packet?.isKeyframe === true;
    if (packet !== null && this.#sentKey && this.#keyFailed && this.#failures >= lostPackets) {
      this.#lost = `its decoder failed on ${this.#failures} packets in a row`;
      this.#keep(packet);
      return 0;
    }
    const code = this.#decoder.send(packet);
    if (code < 0 && code !== posix.again) this.#countFailure();
    return code;
  }

  #receiveFromDevice(frame: Frame): number {
    const code = this.#receivePicture(frame);
    if (code === posix.again || code === AVERROR_EOF) return code;
    if (code === 0) {
      this.#failures = 0;
      this.#keyFailed = false;
      return code;
    }
    // Told once a packet: whoever asks until nothing is left would ask a lost device for ever.
    if (this.#errorTold) return this.#drained ? AVERROR_EOF : posix.again;
    this.#errorTold = true;
    this.#countFailure();
    return code;
  }

  #countFailure(): void {
    this.#failures += 1;
    this.#keyFailed ||= this.#sentKey;
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
    if (code !== posix.again) return this.#keySeen ? `its decoder fails (${errorText(code)})` : undefined;
    if (this.#kept.length < trialPackets && this.#keptBytes < trialBytes) return undefined;
    return `its decoder gave out no picture within ${this.#kept.length} packets`;
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
    if (this.#drained && this.#kept.length === 0) software.send(null);
  }

  /** Software's next picture, out of the packets that were kept as long as there are any. */
  #receiveKept(frame: Frame): number {
    for (;;) {
      const code = this.#decoder.receive(frame);
      const next = code === posix.again ? this.#kept.shift() : undefined;
      if (next === undefined) return code;
      using packet = next;
      const sent = this.#decoder.send(packet);
      if (this.#kept.length === 0 && this.#drained) this.#decoder.send(null);
      if (sent >= 0) continue;
      this.#options.onRefused(packet.isKeyframe, packet.pts);
      return sent;
    }
  }

  #keep(packet: Packet): void {
    const kept = packet.clone();
    // Without memory for a reference nothing can be replayed, and decoding would fail as well.
    if (kept === null) return;
    this.#kept.push(kept);
    this.#keptBytes += packet.size;
    this.#keySeen ||= packet.isKeyframe;
  }

  /** The caller counts this packet as refused already. */
  #forgetLast(code: number): number {
    const last = this.#kept.pop();
    this.#keptBytes -= last?.size ?? 0;
    last?.free();
    return code;
  }

  #letGoOfKept(): void {
    for (const packet of this.#kept) packet.free();
    this.#kept.length = 0;
    this.#keptBytes = 0;
  }
}
