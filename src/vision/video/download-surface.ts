import { type Frame, posix } from './ffmpeg.ts';

/**
 * Copies a picture from a device's memory into the system's, with all that is known of it.
 *
 * @param surface Keeps its own. @param target Empty: FFmpeg allocates in the surface's own size and form. Memory that
 *   was used before must not be offered, since drivers do not compare its form with theirs and write over its end.
 * @returns FFmpeg's code; never EAGAIN, which would be read as a decoder that wants another packet.
 */
export function downloadSurface(surface: Frame, target: Frame): number {
  target.unref();
  const code = surface.hwframeTransferDataSync(target);
  if (code >= 0) return target.copyProps(surface);
  target.unref();
  return code === posix.again ? posix.inputOutput : code;
}
