/**
 * What a stream says of its colours and FFmpeg's scaler cannot follow: it refuses the picture. Cameras write such tags by
 * mistake, and players show the picture nevertheless, so it is read as one whose colours are not told.
 */

/** By FFmpeg's number of the colour space (ITU-T H.273, table 4). */
const unreadableSpaces: ReadonlyMap<number, string> = new Map([
  [8, 'YCgCo'],
  [10, 'BT.2020 of constant luminance'],
  [11, 'SMPTE 2085'],
  [12, 'chromaticity-derived'],
  [13, 'chromaticity-derived of constant luminance'],
  [14, 'ICtCp'],
  [15, 'IPT-PQ-C2'],
  [16, 'YCgCo-R'],
  [17, 'YCgCo-R'],
]);

/** The name of a colour space that cannot be converted, `undefined` for all others. */
export function unreadableSpace(colorSpace: number): string | undefined {
  return unreadableSpaces.get(colorSpace);
}

/** FFmpeg's filter that makes such tags untold, ready to stand ahead of others. */
export function colorFilter(colorSpace: number): string {
  const space = unreadableSpaces.has(colorSpace) ? ':colorspace=unknown' : '';
  // Nothing here converts primaries or transfer, but the scaler refuses those that it cannot.
  return `setparams=color_primaries=unknown:color_trc=unknown${space},`;
}
