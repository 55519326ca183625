/** 6b. Resource cleanup: what is acquired in a scope is released with it, last first, whatever happens. */
import { type LedgerEntry, ledger, MemoryScope } from '@plateau/memory';
import { compare, type WayResult } from './compare.ts';

const times = 200;

/** Anything native: a capture, a session, a file. */
class Resource implements Disposable {
  readonly #bytes = new Uint8Array(200_000).fill(1);
  readonly #entry: LedgerEntry = ledger.track({ kind: 'Resource', bytes: this.#bytes.length });

  use(): void {
    if (this.#bytes.length > 0) throw new Error('the camera has gone away');
  }

  [Symbol.dispose](): void {
    this.#entry[Symbol.dispose]();
  }
}

// #region wrong
function wrong(): WayResult {
  const left: Resource[] = [];
  for (let i = 0; i < times; i += 1) {
    const resource = new Resource();
    left.push(resource);
    try {
      resource.use();
      resource[Symbol.dispose](); // on one path only
      left.pop();
    } catch (error) {
      if (!(error instanceof Error)) throw error;
    }
  }
  return { keeps: left };
}
// #endregion

// #region right
function right(): WayResult {
  let failures = 0;
  for (let i = 0; i < times; i += 1) {
    try {
      using scope = new MemoryScope();
      scope.use(new Resource()).use();
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      failures += 1;
    }
  }
  return { keeps: failures };
}
// #endregion

await compare(import.meta.url, {
  section: '6b',
  title: 'Resource cleanup',
  seenIn: 'live resources',
  wrong,
  right,
});
