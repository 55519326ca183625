/** The mistakes that the check knows, and what is said about each. */

export type OwnershipMistake =
  | 'dropped'
  | 'handle-lost'
  | 'never-released'
  | 'released-on-some-paths'
  | 'overwritten'
  | 'returned-dead'
  | 'owner-not-disposable'
  | 'field-not-released'
  | 'lent-only';

export interface Verdict {
  readonly mistake: OwnershipMistake;
  readonly sentence: string;
}

export function dropped(what: string): Verdict {
  return { mistake: 'dropped', sentence: `${what} is acquired and dropped at once` };
}

export function onlyLookedAt(what: string): Verdict {
  return {
    mistake: 'dropped',
    sentence: `${what} is acquired only to be looked at, and nobody can release it`,
  };
}

export function neverReleased(what: string, name: string): Verdict {
  return { mistake: 'never-released', sentence: `${what} in "${name}" is never released` };
}

export function overwritten(what: string, name: string): Verdict {
  return { mistake: 'overwritten', sentence: `"${name}" takes another before ${what} in it was released` };
}

export function takenApart(what: string): Verdict {
  return { mistake: 'handle-lost', sentence: `${what} is taken apart, and nobody can release it` };
}
