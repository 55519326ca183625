/**
 * What is acquired inside a scope is released when the scope ends, last first, whatever happens: the document's context
 * managers. Something that must live on is taken out on purpose, by `keep` or `move`.
 */
import { UseAfterDisposeError } from './errors.ts';

/** Whose end must be told to the scope that an inner scope is a member of, so that it leaves nothing behind there. */
const endings = new WeakMap<object, () => void>();

interface Member<Release> {
  readonly resource: unknown;
  readonly release: Release;
}

/** Members in order of arrival, with the way to release each. */
class Members<Release> {
  readonly #all = new Set<Member<Release>>();
  /** One resource may have several, each with a way of its own: numbers and handles are often equal. */
  readonly #byResource = new Map<unknown, Member<Release>[]>();
  #open = true;

  get size(): number {
    return this.#all.size;
  }

  get open(): boolean {
    return this.#open;
  }

  has(resource: unknown): boolean {
    return this.#byResource.has(resource);
  }

  add(resource: unknown, release: Release): void {
    this.#checkOpen();
    const member = { resource, release };
    this.#all.add(member);
    const others = this.#byResource.get(resource);
    if (others === undefined) this.#byResource.set(resource, [member]);
    else others.push(member);
    if (resource instanceof MemoryScope || resource instanceof AsyncMemoryScope)
      endings.set(resource, () => this.#forget(resource));
  }

  /** @returns How to release it, the last way first. */
  remove(resource: unknown): Release[] {
    this.#checkOpen();
    const found = this.#forget(resource);
    if (found.length === 0) throw new TypeError('only a member of this scope can be kept or moved out of it');
    return found;
  }

  /** Closes the scope. @returns How to release its members, the last first. */
  close(): Release[] {
    this.#open = false;
    const releases = [...this.#all].map(({ release }) => release).reverse();
    this.#all.clear();
    this.#byResource.clear();
    return releases;
  }

  #forget(resource: unknown): Release[] {
    const members = this.#byResource.get(resource) ?? [];
    this.#byResource.delete(resource);
    for (const member of members) this.#all.delete(member);
    return members.map(({ release }) => release).reverse();
  }

  #checkOpen(): void {
    if (!this.#open) throw new UseAfterDisposeError('a memory scope');
  }
}

/** A scope for what is released at once. `using scope = new MemoryScope()`. */
export class MemoryScope implements Disposable {
  readonly #members = new Members<() => void>();

  /** Members that will be released with this scope. */
  get size(): number {
    return this.#members.size;
  }

  /**
   * Takes ownership; again, without effect. @returns The resource, to be used inside of the scope.
   * @throws TypeError for what cannot be disposed of: at the scope's end it would be too late to know whose it is.
   */
  use<T extends Disposable>(resource: T): T {
    requireDisposal(resource, [Symbol.dispose]);
    if (!this.#members.has(resource)) this.#members.add(resource, () => resource[Symbol.dispose]());
    return resource;
  }

  /** Takes ownership of something that knows no `Symbol.dispose`. Of several ways for one resource each has its turn. */
  adopt<T>(resource: T, release: (resource: T) => void): T {
    this.#members.add(resource, () => release(resource));
    return resource;
  }

  /** Runs at the scope's end, in its turn. */
  defer(release: () => void): void {
    this.#members.add(Symbol('deferred'), release);
  }

  /** Takes a member out: from here on the caller owns it. @throws TypeError when it is no member. */
  keep<T>(resource: T): T {
    this.#members.remove(resource);
    return resource;
  }

  /** Hands a member on to another scope, as its newest. @throws TypeError when it is no member. */
  move<T>(resource: T, to: MemoryScope | AsyncMemoryScope): T {
    // The receiver is asked first, so that a member is never without an owner.
    if (!to.open) throw new UseAfterDisposeError('a memory scope');
    for (const release of this.#members.remove(resource).reverse()) to.adopt(resource, release);
    return resource;
  }

  /** A scope inside of this one: it ends with it at the latest, and leaves nothing behind when it ends earlier. */
  nest(): MemoryScope {
    return this.use(new MemoryScope());
  }

  get open(): boolean {
    return this.#members.open;
  }

  /** Whether it will be released with this scope. */
  has(resource: unknown): boolean {
    return this.#members.has(resource);
  }

  /**
   * Releases all members, the last first; each gets its turn whatever the others throw.
   * @throws What a member threw; of several, a `SuppressedError` chain as `using` makes it.
   */
  [Symbol.dispose](): void {
    if (!this.open) return;
    const failures = new FailureChain();
    for (const release of this.#members.close()) {
      try {
        release();
      } catch (error) {
        failures.add(error);
      }
    }
    endings.get(this)?.();
    failures.raise();
  }
}

/** The same for what is released in its own time. `await using scope = new AsyncMemoryScope()`. */
export class AsyncMemoryScope implements AsyncDisposable {
  readonly #members = new Members<() => void | PromiseLike<void>>();

  /** Members that will be released with this scope. */
  get size(): number {
    return this.#members.size;
  }

  /**
   * Takes ownership; again, without effect. Where a resource knows both ways to be disposed of, the asynchronous one is taken.
   * @throws TypeError for what knows neither
   */
  use<T extends Disposable | AsyncDisposable>(resource: T): T {
    requireDisposal(resource, [Symbol.asyncDispose, Symbol.dispose]);
    if (this.#members.has(resource)) return resource;
    this.#members.add(resource, () =>
      Symbol.asyncDispose in resource ? resource[Symbol.asyncDispose]() : resource[Symbol.dispose](),
    );
    return resource;
  }

  /** Takes ownership of something that knows neither. Of several ways for one resource each has its turn. */
  adopt<T>(resource: T, release: (resource: T) => void | PromiseLike<void>): T {
    this.#members.add(resource, () => release(resource));
    return resource;
  }

  /** Runs at the scope's end, in its turn. */
  defer(release: () => void | PromiseLike<void>): void {
    this.#members.add(Symbol('deferred'), release);
  }

  /** Takes a member out: from here on the caller owns it. @throws TypeError when it is no member. */
  keep<T>(resource: T): T {
    this.#members.remove(resource);
    return resource;
  }

  /** Hands a member on to another scope, as its newest. @throws TypeError when it is no member. */
  move<T>(resource: T, to: AsyncMemoryScope): T {
    if (!to.open) throw new UseAfterDisposeError('a memory scope');
    for (const release of this.#members.remove(resource).reverse()) to.adopt(resource, release);
    return resource;
  }

  /** A scope inside of this one: it ends with it at the latest, and leaves nothing behind when it ends earlier. */
  nest(): AsyncMemoryScope {
    return this.use(new AsyncMemoryScope());
  }

  get open(): boolean {
    return this.#members.open;
  }

  /** As the synchronous one; a member is waited for before the next has its turn. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.open) return;
    const failures = new FailureChain();
    for (const release of this.#members.close()) {
      try {
        await release();
      } catch (error) {
        failures.add(error);
      }
    }
    endings.get(this)?.();
    failures.raise();
  }
}

/** @throws TypeError when there is none of these methods. */
function requireDisposal(resource: unknown, ways: readonly symbol[]): void {
  const methods = (resource ?? {}) as Readonly<Record<symbol, unknown>>;
  if (ways.some((way) => typeof methods[way] === 'function')) return;
  throw new TypeError('a scope can only use what has a dispose method of its own: adopt takes one beside it');
}

/** Errors of several disposals, each later one suppressing the earlier, as the language's `using` does it. */
class FailureChain {
  #failed = false;
  #error: unknown;

  add(error: unknown): void {
    this.#error = this.#failed ? new SuppressedError(error, this.#error) : error;
    this.#failed = true;
  }

  raise(): void {
    if (this.#failed) throw this.#error;
  }
}
