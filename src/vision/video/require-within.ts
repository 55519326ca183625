/** @throws RangeError naming the setting where its value is no number, or none from `least` to `most`. */
export function requireWithin(name: string, value: number, least: number, most: number): void {
  if (value >= least && value <= most) return;
  throw new RangeError(`${name} must lie within ${least} and ${most}, and is ${value}`);
}
