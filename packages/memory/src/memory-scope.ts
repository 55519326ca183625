/**
 * What is acquired inside a scope is released when the scope ends, last first, whatever happens: the document's context
 * managers. Something that must live on is taken out on purpose, by `keep` or `move`.
 */
import { UseAfterDisposeError } from './errors.ts';

/** Members in order of arrival, with the way to release each. A member stands once, however often it is used. */
class Members<Release> {
  readonly #releaseOf = new Map<unknown, Release>();
  #open = true;

  get size(): number {
    return this.#releaseOf.size;
  }

  get open(): boolean {
    return this.#open;
  }

  add(member: unknown, release: Release): void {
    this.#checkOpen();
    if (!this.#releaseOf.has(member)) this.#releaseOf.set(member, release);
  }

  remove(member: unknown): Release {
    this.#checkOpen();
    const release = this.#releaseOf.get(member);
    if (release === undefined)
      throw new TypeError('only a member of this scope can be kept or moved out of it');
    this.#releaseOf.delete(member);
    return release;
  }

  forget(member: unknown): void {
    this.#releaseOf.delete(member);
  }

  /** Closes the scope. @returns How to release its members, the last first. */
  close(): Release[] {
    this.#open = false;
    const releases = [...this.#releaseOf.values()].reverse();
    this.#releaseOf.clear();
    return releases;
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

  /** Takes ownership. @returns The resource, to be used inside of the scope. */
  use<T extends Disposable>(resource: T): T {
    this.#members.add(resource, () => resource[Symbol.dispose]());
    return resource;
  }

  /** Takes ownership of something that knows no `Symbol.dispose`. */
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
    return to.adopt(resource, this.#members.remove(resource));
  }

  /** A scope inside of this one: it ends with it at the latest, and leaves nothing behind when it ends earlier. */
  nest(): MemoryScope {
    const inner = new MemoryScope();
    inner.#onEnd = () => this.#members.forget(inner);
    return this.use(inner);
  }

  get open(): boolean {
    return this.#members.open;
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
    this.#onEnd();
    failures.raise();
  }

  #onEnd: () => void = () => undefined;
}

/** The same for what is released in its own time. `await using scope = new AsyncMemoryScope()`. */
export class AsyncMemoryScope implements AsyncDisposable {
  readonly #members = new Members<() => void | PromiseLike<void>>();

  /** Members that will be released with this scope. */
  get size(): number {
    return this.#members.size;
  }

  /** Takes ownership. Where a resource knows both ways to be disposed of, the asynchronous one is taken. */
  use<T extends Disposable | AsyncDisposable>(resource: T): T {
    this.#members.add(resource, () =>
      Symbol.asyncDispose in resource ? resource[Symbol.asyncDispose]() : resource[Symbol.dispose](),
    );
    return resource;
  }

  /** Takes ownership of something that knows neither. */
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
    return to.adopt(resource, this.#members.remove(resource));
  }

  /** A scope inside of this one: it ends with it at the latest, and leaves nothing behind when it ends earlier. */
  nest(): AsyncMemoryScope {
    const inner = new AsyncMemoryScope();
    inner.#onEnd = () => this.#members.forget(inner);
    return this.use(inner);
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
    this.#onEnd();
    failures.raise();
  }

  #onEnd: () => void = () => undefined;
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
