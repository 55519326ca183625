/** A device that decodes pictures, as FFmpeg knows it. One serves all decoders of a capture. Owns the context. */
import { readdirSync } from 'node:fs';
import type { HardwareKind } from './decoder-choice.ts';
import {
  AV_CODEC_HW_CONFIG_METHOD_HW_DEVICE_CTX,
  Codec,
  errorText,
  HardwareDeviceContext,
  type Stream,
} from './ffmpeg.ts';

/** How a decoder is bound to a device. */
export interface DecoderBinding {
  readonly codec: Codec;
  /** Absent where the decoder finds its device itself and hands out pictures in system memory, as V4L2 does. */
  readonly device?: { readonly context: HardwareDeviceContext; readonly pixelFormat: number };
}

/** V4L2's decoders have names of their own; FFmpeg knows no device of that kind. */
const v4l2Names: Readonly<Record<string, string>> = {
  h263: 'h263_v4l2m2m',
  h264: 'h264_v4l2m2m',
  hevc: 'hevc_v4l2m2m',
  mpeg2video: 'mpeg2_v4l2m2m',
  mpeg4: 'mpeg4_v4l2m2m',
  vp8: 'vp8_v4l2m2m',
  vp9: 'vp9_v4l2m2m',
};

/** The files by which Linux shows such devices. */
const nodesOf: Readonly<Record<HardwareKind, { folder: string; name: RegExp }>> = {
  cuda: { folder: '/dev', name: /^nvidia\d+$/ },
  vaapi: { folder: '/dev/dri', name: /^renderD\d+$/ },
  v4l2m2m: { folder: '/dev', name: /^video\d+$/ },
};

export class HardwareDevice implements Disposable {
  readonly kind: HardwareKind;
  readonly #context: HardwareDeviceContext | undefined;

  private constructor(kind: HardwareKind, context: HardwareDeviceContext | undefined) {
    this.kind = kind;
    this.#context = context;
  }

  /** @returns The device, or why there is none: half a sentence. */
  static open(kind: HardwareKind): HardwareDevice | string {
    // V4L2's decoders look for a device when they start.
    if (kind === 'v4l2m2m')
      return deviceFiles(kind).length > 0 ? new HardwareDevice(kind, undefined) : 'there is no /dev/video*';
    const context = new HardwareDeviceContext();
    const code = context.create(HardwareDeviceContext.findTypeByName(kind as never));
    if (code >= 0) return new HardwareDevice(kind, context);
    context.free();
    return `no device opens (${errorText(code)})`;
  }

  /** @returns How its decoder of these pictures is opened, or why it has none: half a sentence. */
  bind({ codecpar }: Stream, codecName: string): DecoderBinding | string {
    const none = `it has no decoder for ${codecName}`;
    if (this.#context === undefined) {
      const name = v4l2Names[codecName];
      const codec = name === undefined ? null : Codec.findDecoderByName(name as never);
      return codec === null ? none : { codec };
    }
    const codec = Codec.findDecoder(codecpar.codecId);
    for (let index = 0; codec !== null; index += 1) {
      const config = codec.getHwConfig(index);
      if (config === null) break;
      const takesDevice = (config.methods & AV_CODEC_HW_CONFIG_METHOD_HW_DEVICE_CTX) !== 0;
      if (takesDevice && config.deviceType === this.#context.type)
        return { codec, device: { context: this.#context, pixelFormat: config.pixFmt } };
    }
    return none;
  }

  [Symbol.dispose](): void {
    this.#context?.free();
  }
}

/** The files of devices of a kind, such as `/dev/dri/renderD128`. Whether they decode is seen by trying only. */
export function deviceFiles(kind: HardwareKind): readonly string[] {
  const { folder, name } = nodesOf[kind];
  try {
    return readdirSync(folder)
      .filter((file) => name.test(file))
      .map((file) => `${folder}/${file}`);
  } catch (error) {
    // A machine without the folder has no such device; so has one on which we may not look.
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'EACCES' || code === 'ENOTDIR') return [];
    throw error;
  }
}
