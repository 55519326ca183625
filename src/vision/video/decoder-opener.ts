/**
 * Opens the decoders of one capture on the device that was chosen, or in software where that cannot be, with one
 * reason. Once a device has failed it is not tried again. Owns the device.
 */
import { PlateauError } from '../../errors.ts';
import { type DecoderChoice, hardwareKinds } from './decoder-choice.ts';
import { avGetCodecName, type Stream } from './ffmpeg.ts';
import { HardwareDecoder, type HardwareDecoderOptions } from './hardware-decoder.ts';
import { type DecoderBinding, HardwareDevice } from './hardware-device.ts';
import { type Decoder, PictureDecoder } from './picture-decoder.ts';

export class DecoderOpener implements Disposable {
  readonly #choice: DecoderChoice;
  readonly #label: string;
  readonly #onSoftware: ((reason: string) => void) | undefined;
  #device: HardwareDevice | undefined;
  #softwareReason: string | null = null;

  /**
   * @param label The source, as it may be shown.
   * @param onSoftware Hears the sentence that `softwareReason` holds, once, when it is known.
   */
  constructor(choice: DecoderChoice, label: string, onSoftware?: (reason: string) => void) {
    this.#choice = choice;
    this.#label = label;
    this.#onSoftware = onSoftware;
  }

  /** Why software decodes although hardware was to, one sentence; `null` where what was chosen decodes. */
  get softwareReason(): string | null {
    return this.#softwareReason;
  }

  /** @throws PlateauError ERR_SOURCE_FORMAT where software cannot decode it either. */
  open(
    stream: Stream,
    label: string,
    threads: number,
    onRefused: HardwareDecoderOptions['onRefused'],
  ): Decoder {
    const openSoftware = () => new PictureDecoder(stream, label, threads);
    const refused: string[] = [];
    const kinds =
      this.#choice === 'auto' ? hardwareKinds : hardwareKinds.filter((kind) => kind === this.#choice);
    for (const kind of this.#softwareReason === null ? kinds : []) {
      const opened = this.#openOn(
        kind,
        stream,
        (binding) => new PictureDecoder(stream, label, threads, binding),
        { openSoftware, onRefused },
      );
      if (typeof opened !== 'string') return opened;
      refused.push(this.#told(kind, opened));
    }
    if (refused.length > 0) this.#fallBack(refused.join('; '));
    return openSoftware();
  }

  [Symbol.dispose](): void {
    this.#device?.[Symbol.dispose]();
    this.#device = undefined;
  }

  /** @returns The decoder, or why there is none: half a sentence. */
  #openOn(
    kind: HardwareDevice['kind'],
    stream: Stream,
    openDecoder: (binding: DecoderBinding) => Decoder,
    options: Pick<HardwareDecoderOptions, 'openSoftware' | 'onRefused'>,
  ): Decoder | string {
    if (this.#device?.kind !== kind) {
      const device = HardwareDevice.open(kind);
      if (typeof device === 'string') return device;
      this.#device?.[Symbol.dispose]();
      this.#device = device;
    }
    const binding = this.#device.bind(stream, avGetCodecName(stream.codecpar.codecId) ?? 'unknown');
    if (typeof binding === 'string') return binding;
    const onSoftware = (reason: string) => this.#fallBack(this.#told(kind, reason));
    try {
      const downloads = binding.device !== undefined;
      return new HardwareDecoder(openDecoder(binding), { ...options, downloads, onSoftware });
    } catch (error) {
      if (!(error instanceof PlateauError) || error.code !== 'ERR_SOURCE_FORMAT') throw error;
      return 'its decoder does not start';
    }
  }

  /** With `auto` it has to be said which kind it was. */
  #told(kind: HardwareDevice['kind'], why: string): string {
    return this.#choice === 'auto' ? `${kind}: ${why}` : why;
  }

  #fallBack(why: string): void {
    this.#softwareReason = `${this.#label}: pictures are decoded in software, not by ${this.#choice === 'auto' ? 'hardware' : this.#choice}: ${why}`;
    this.#onSoftware?.(this.#softwareReason);
  }
}
