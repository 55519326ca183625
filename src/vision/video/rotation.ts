/** How a picture must be turned so that it stands as players show it, read from FFmpeg's display matrix. */

/** Degrees clockwise by which the stored picture is turned for display, then mirrored left to right where `mirrored`. */
export interface Rotation {
  readonly degrees: 0 | 90 | 180 | 270;
  readonly mirrored: boolean;
}

export const upright: Rotation = { degrees: 0, mirrored: false };

/**
 * @param matrix Side data of a stream or frame: nine int32 in native (little-endian) order, the left two columns in
 *   16.16 fixed point. An angle between the quarter turns, which players round too, becomes the nearest of them.
 */
export function rotationOfMatrix(matrix: Uint8Array | null | undefined): Rotation {
  if (!matrix || matrix.byteLength < 36) return upright;
  const view = new DataView(matrix.buffer, matrix.byteOffset, matrix.byteLength);
  const a = view.getInt32(0, true);
  const b = view.getInt32(4, true);
  const c = view.getInt32(12, true);
  const d = view.getInt32(16, true);
  // A point (x, y) of the stored picture is shown at (a·x + c·y, b·x + d·y), with y downwards. A negative determinant
  // is a mirror image: the turn comes first, and flipping left and right afterwards changes the sign of a and c.
  const mirrored = a * d - b * c < 0;
  const angle = Math.atan2(b, mirrored ? -a : a);
  const quarters = (((Math.round(angle / (Math.PI / 2)) % 4) + 4) % 4) as 0 | 1 | 2 | 3;
  return { degrees: ([0, 90, 180, 270] as const)[quarters], mirrored };
}

/** FFmpeg filters that turn a picture upright, ready to stand ahead of others (`transpose=clock,`), or nothing. */
export function rotationFilters({ degrees, mirrored }: Rotation): string {
  const turn = { 0: '', 90: 'transpose=clock,', 180: 'hflip,vflip,', 270: 'transpose=cclock,' }[degrees];
  return mirrored ? `${turn}hflip,` : turn;
}

/** Do width and height change places? */
export function swapsSides({ degrees }: Rotation): boolean {
  return degrees === 90 || degrees === 270;
}
