/**
 * The one file that knows FFmpeg (through node-av). Everything else in this room imports from here, so that the GPLv3
 * build inside that package stays behind one border, and so that another binding could take its place.
 */
import {
  AV_BUFFERSRC_FLAG_KEEP_REF,
  AV_CODEC_FLAG_GLOBAL_HEADER,
  AV_CODEC_FLAG_QSCALE,
  AV_CODEC_HW_CONFIG_METHOD_HW_DEVICE_CTX,
  AV_FRAME_DATA_DISPLAYMATRIX,
  AV_FRAME_FLAG_CORRUPT,
  AV_FRAME_FLAG_INTERLACED,
  AV_FRAME_FLAG_KEY,
  AV_LOG_QUIET,
  AV_NOPTS_VALUE,
  AV_PIX_FMT_YUV420P,
  AV_PIX_FMT_YUVJ420P,
  AV_PKT_DATA_DISPLAYMATRIX,
  AVERROR_EOF,
  AVERROR_HTTP_FORBIDDEN,
  AVERROR_HTTP_NOT_FOUND,
  AVERROR_HTTP_OTHER_4XX,
  AVERROR_HTTP_SERVER_ERROR,
  AVERROR_HTTP_UNAUTHORIZED,
  AVERROR_INVALIDDATA,
  AVMEDIA_TYPE_VIDEO,
  FF_QP2LAMBDA,
} from 'node-av/constants';
import {
  avGetCodecName,
  avGetPixFmtFromName,
  avGetPixFmtName,
  avImageCopy2,
  Codec,
  CodecContext,
  Dictionary,
  FFmpegError,
  type FilterContext,
  FilterGraph,
  FormatContext,
  Frame,
  getFFmpegInfo,
  HardwareDeviceContext,
  InputFormat,
  Log,
  Packet,
  PosixError,
  Rational,
  type Stream,
} from 'node-av/lib';
import { maskSecrets } from '../../mask-secrets.ts';

// FFmpeg writes to standard error by itself, whole URLs with their passwords included. What matters comes back as a
// code, so nothing is lost.
Log.setLevel(AV_LOG_QUIET);

/** Negative codes of the operating system as FFmpeg returns them; they differ between systems. */
const posix = {
  again: FFmpegError.AVERROR(PosixError.EAGAIN) as number,
  noSpace: FFmpegError.AVERROR(PosixError.ENOSPC) as number,
  inputOutput: FFmpegError.AVERROR(PosixError.EIO) as number,
  noMemory: FFmpegError.AVERROR(PosixError.ENOMEM) as number,
};

/** Pixel formats that our encoders take and models want. */
const pixelFormats = {
  yuv420p: AV_PIX_FMT_YUV420P,
  yuvj420p: AV_PIX_FMT_YUVJ420P,
  gbrpf32: avGetPixFmtFromName('gbrpf32le'),
};

/** FFmpeg's own words for a negative return code, masked. */
function errorText(code: number): string {
  return maskSecrets(FFmpegError.strerror(code));
}

export {
  AV_BUFFERSRC_FLAG_KEEP_REF,
  AV_CODEC_FLAG_GLOBAL_HEADER,
  AV_CODEC_FLAG_QSCALE,
  AV_CODEC_HW_CONFIG_METHOD_HW_DEVICE_CTX,
  AV_FRAME_DATA_DISPLAYMATRIX,
  AV_FRAME_FLAG_CORRUPT,
  AV_FRAME_FLAG_INTERLACED,
  AV_FRAME_FLAG_KEY,
  AV_NOPTS_VALUE,
  AV_PKT_DATA_DISPLAYMATRIX,
  AVERROR_EOF,
  AVERROR_HTTP_FORBIDDEN,
  AVERROR_HTTP_NOT_FOUND,
  AVERROR_HTTP_OTHER_4XX,
  AVERROR_HTTP_SERVER_ERROR,
  AVERROR_HTTP_UNAUTHORIZED,
  AVERROR_INVALIDDATA,
  AVMEDIA_TYPE_VIDEO,
  avGetCodecName,
  avGetPixFmtName,
  avImageCopy2,
  Codec,
  CodecContext,
  Dictionary,
  errorText,
  FF_QP2LAMBDA,
  type FilterContext,
  FilterGraph,
  FormatContext,
  Frame,
  getFFmpegInfo,
  HardwareDeviceContext,
  InputFormat,
  Packet,
  pixelFormats,
  posix,
  Rational,
  type Stream,
};
