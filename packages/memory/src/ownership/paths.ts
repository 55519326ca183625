/** What is known of a value on the ways that lead to a place, and the ways that leave a statement early. */

/** A set of bits: on some way it is held, on some way there is nothing to release; neither: no way leads here. */
export type Paths = number;

export const paths = { none: 0, free: 1, held: 2 } as const;

/** The ways out of a piece of code, other than at its end. */
export interface Ways {
  returns: Paths;
  /** By a `throw`. */
  throws: Paths;
  /** By an exception out of something that was called. */
  fails: Paths;
  /** `break `, `continue `, `break label`. */
  readonly jumps: Map<string, Paths>;
}

export function waysLeft(): Ways {
  return { returns: paths.none, throws: paths.none, fails: paths.none, jumps: new Map() };
}

/** Adds the inner ways to the outer ones, each changed by what lies between. */
export function through(inner: Ways, outer: Ways, pass: (way: Paths) => Paths): void {
  for (const [name, state] of inner.jumps) {
    const passed = pass(state);
    outer.jumps.set(name, (outer.jumps.get(name) ?? paths.none) | passed);
  }
  const [returns, throws, fails] = [pass(inner.returns), pass(inner.throws), pass(inner.fails)];
  outer.returns |= returns;
  outer.throws |= throws;
  outer.fails |= fails;
}
