/**
 * Sums the channels of one prototype row, weighted, into `target`, for the columns first..end. Nearly all the time of a
 * mask goes here. Four channels a pass: a quarter of the passes over the row of sums.
 */
export function weighPrototypes(
  target: Float64Array,
  prototypes: Float32Array,
  coefficients: Float32Array,
  offset: number,
  channels: number,
  start: number,
  plane: number,
  first: number,
  end: number,
): void {
  for (let column = first; column <= end; column++) target[column] = 0;
  let channel = 0;
  for (; channel + 4 <= channels; channel += 4) {
    const c0 = coefficients[offset + channel]!;
    const c1 = coefficients[offset + channel + 1]!;
    const c2 = coefficients[offset + channel + 2]!;
    const c3 = coefficients[offset + channel + 3]!;
    const p0 = channel * plane + start;
    const p1 = p0 + plane;
    const p2 = p1 + plane;
    const p3 = p2 + plane;
    for (let column = first; column <= end; column++) {
      target[column]! +=
        c0 * prototypes[p0 + column]! +
        c1 * prototypes[p1 + column]! +
        c2 * prototypes[p2 + column]! +
        c3 * prototypes[p3 + column]!;
    }
  }
  for (; channel < channels; channel++) {
    const coefficient = coefficients[offset + channel]!;
    const place = channel * plane + start;
    for (let column = first; column <= end; column++)
      target[column]! += coefficient * prototypes[place + column]!;
  }
}
