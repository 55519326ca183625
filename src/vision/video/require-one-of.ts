/** @throws RangeError naming the setting and what it may be, where its value is none of these. */
export function requireOneOf(name: string, value: string, allowed: readonly string[]): void {
  if (allowed.includes(value)) return;
  throw new RangeError(`${name} must be one of ${allowed.join(', ')}, and is ${value}`);
}
