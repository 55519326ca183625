import { Codec, getFFmpegInfo } from './ffmpeg.ts';

/** The FFmpeg that is loaded: what it is, and under which licence it may be passed on. */
export interface FFmpegBuild {
  readonly version: string;
  readonly licence: string;
  readonly hasH264Encoder: boolean;
}

/** Reads the build that node-av carries; the licence follows from its configure flags, by FFmpeg's own rule. */
export function ffmpegBuild(): FFmpegBuild {
  const { version, configuration } = getFFmpegInfo();
  const has = (flag: string): boolean => configuration.includes(`--enable-${flag}`);
  const lesser = has('version3') ? 'LGPL version 3 or later' : 'LGPL version 2.1 or later';
  const licence = has('nonfree')
    ? 'nonfree and unredistributable'
    : has('gpl')
      ? lesser.replace('LGPL', 'GPL').replace('2.1', '2')
      : lesser;
  return {
    version: `FFmpeg ${version}`,
    licence: `libavcodec license: ${licence}`,
    hasH264Encoder: Codec.findEncoderByName('libx264' as never) !== null,
  };
}
