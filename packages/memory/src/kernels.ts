/**
 * Arithmetic over whole arrays that makes none: each kernel writes into an `out` that the caller brings, which may be one
 * of the inputs (NumPy's `np.add(array, 1, out=array)`). All arrays must be of one length.
 */

/** An array of numbers that a kernel can work on. */
export type Numbers = Uint8Array | Uint8ClampedArray | Int32Array | Float32Array | Float64Array;

/** out = a + b. @returns `out` @throws RangeError when lengths differ. */
export function add<Out extends Numbers>(a: Numbers, b: Numbers | number, out: Out): Out {
  requireLength(a, b, out);
  if (typeof b === 'number') for (let i = 0; i < out.length; i += 1) out[i] = (a[i] as number) + b;
  else for (let i = 0; i < out.length; i += 1) out[i] = (a[i] as number) + (b[i] as number);
  return out;
}

/** out = a − b. @returns `out` @throws RangeError when lengths differ. */
export function subtract<Out extends Numbers>(a: Numbers, b: Numbers | number, out: Out): Out {
  requireLength(a, b, out);
  if (typeof b === 'number') for (let i = 0; i < out.length; i += 1) out[i] = (a[i] as number) - b;
  else for (let i = 0; i < out.length; i += 1) out[i] = (a[i] as number) - (b[i] as number);
  return out;
}

/** out = a · b. @returns `out` @throws RangeError when lengths differ. */
export function multiply<Out extends Numbers>(a: Numbers, b: Numbers | number, out: Out): Out {
  requireLength(a, b, out);
  if (typeof b === 'number') for (let i = 0; i < out.length; i += 1) out[i] = (a[i] as number) * b;
  else for (let i = 0; i < out.length; i += 1) out[i] = (a[i] as number) * (b[i] as number);
  return out;
}

/** out = |a − b|, the difference of two pictures. @returns `out` @throws RangeError when lengths differ. */
export function absoluteDifference<Out extends Numbers>(a: Numbers, b: Numbers | number, out: Out): Out {
  requireLength(a, b, out);
  if (typeof b === 'number') for (let i = 0; i < out.length; i += 1) out[i] = Math.abs((a[i] as number) - b);
  else for (let i = 0; i < out.length; i += 1) out[i] = Math.abs((a[i] as number) - (b[i] as number));
  return out;
}

/** out = the greater of a and b; the union of two masks. @returns `out` @throws RangeError when lengths differ. */
export function maximum<Out extends Numbers>(a: Numbers, b: Numbers | number, out: Out): Out {
  requireLength(a, b, out);
  if (typeof b === 'number') for (let i = 0; i < out.length; i += 1) out[i] = Math.max(a[i] as number, b);
  else for (let i = 0; i < out.length; i += 1) out[i] = Math.max(a[i] as number, b[i] as number);
  return out;
}

/** out = a, held between `low` and `high`. @returns `out` @throws RangeError when lengths differ, or low > high. */
export function clamp<Out extends Numbers>(a: Numbers, low: number, high: number, out: Out): Out {
  if (low > high) throw new RangeError(`low (${low}) must not be above high (${high})`);
  requireLength(a, 0, out);
  for (let i = 0; i < out.length; i += 1) out[i] = Math.min(high, Math.max(low, a[i] as number));
  return out;
}

/** out = 1 where a > level, else 0: a mask of logits. @returns `out` @throws RangeError when lengths differ. */
export function threshold<Out extends Numbers>(a: Numbers, level: number, out: Out): Out {
  requireLength(a, 0, out);
  for (let i = 0; i < out.length; i += 1) out[i] = (a[i] as number) > level ? 1 : 0;
  return out;
}

/** out = a · (1 − weight) + b · weight: a running mean of pictures. @returns `out` @throws RangeError when lengths differ. */
export function blend<Out extends Numbers>(a: Numbers, b: Numbers, weight: number, out: Out): Out {
  requireLength(a, b, out);
  for (let i = 0; i < out.length; i += 1)
    out[i] = (a[i] as number) * (1 - weight) + (b[i] as number) * weight;
  return out;
}

function requireLength(a: Numbers, b: Numbers | number, out: Numbers): void {
  const other = typeof b === 'number' ? out.length : b.length;
  if (a.length === out.length && other === out.length) return;
  throw new RangeError(`all arrays must be of one length, not ${a.length}, ${other} and ${out.length}`);
}
