import fc from 'fast-check';
import { expect, test } from 'vitest';
import { AsyncMemoryScope, MemoryScope, UseAfterDisposeError } from '../src/index.ts';

/** A node of a random tree of scopes: members, some of which throw, and inner scopes, in a random order. */
type Member =
  | { readonly kind: 'resource'; readonly throws: boolean }
  | { readonly kind: 'scope'; readonly inner: Tree };
interface Tree {
  readonly members: readonly Member[];
  readonly bodyThrows: boolean;
}

const { tree } = fc.letrec<{ tree: Tree; member: Member }>((tie) => ({
  member: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.record({ kind: fc.constant('resource' as const), throws: fc.boolean() }),
    fc.record({ kind: fc.constant('scope' as const), inner: tie('tree') as fc.Arbitrary<Tree> }),
  ),
  tree: fc.record({
    members: fc.array(tie('member') as fc.Arbitrary<Member>, { maxLength: 4 }),
    bodyThrows: fc.boolean(),
  }),
}));

/** What happened: names in the order of disposal, and the error as a nested list [error, suppressed]. */
interface Outcome {
  readonly order: string[];
  readonly error: unknown;
  readonly live: number;
}

function chainOf(error: unknown): unknown {
  if (error instanceof SuppressedError) return [chainOf(error.error), chainOf(error.suppressed)];
  return error instanceof Error ? error.message : error;
}

/** The language's own stacks are the reference. */
function runReference(root: Tree): Outcome {
  const order: string[] = [];
  let live = 0;
  let names = 0;
  const enter = ({ members, bodyThrows }: Tree): void => {
    using stack = new DisposableStack();
    for (const member of members) {
      const name = String(names++);
      if (member.kind === 'scope') enter(member.inner);
      else {
        live += 1;
        stack.defer(() => {
          live -= 1;
          order.push(name);
          if (member.throws) throw new Error(name);
        });
      }
    }
    if (bodyThrows) throw new Error(`body after ${names}`);
  };
  try {
    enter(root);
  } catch (error) {
    return { order, error: chainOf(error), live };
  }
  return { order, error: undefined, live };
}

function runSync(root: Tree): Outcome {
  const order: string[] = [];
  let live = 0;
  let names = 0;
  const enter = ({ members, bodyThrows }: Tree, scope: MemoryScope): void => {
    for (const member of members) {
      const name = String(names++);
      if (member.kind === 'scope') {
        using inner = scope.nest();
        enter(member.inner, inner);
        continue;
      }
      live += 1;
      scope.use({
        [Symbol.dispose](): void {
          live -= 1;
          order.push(name);
          if (member.throws) throw new Error(name);
        },
      });
    }
    if (bodyThrows) throw new Error(`body after ${names}`);
  };
  try {
    using scope = new MemoryScope();
    enter(root, scope);
  } catch (error) {
    return { order, error: chainOf(error), live };
  }
  return { order, error: undefined, live };
}

async function runAsync(root: Tree): Promise<Outcome> {
  const order: string[] = [];
  let live = 0;
  let names = 0;
  const enter = async ({ members, bodyThrows }: Tree, scope: AsyncMemoryScope): Promise<void> => {
    for (const member of members) {
      const name = String(names++);
      if (member.kind === 'scope') {
        await using inner = scope.nest();
        await enter(member.inner, inner);
        continue;
      }
      live += 1;
      scope.use({
        async [Symbol.asyncDispose](): Promise<void> {
          await Promise.resolve();
          live -= 1;
          order.push(name);
          if (member.throws) throw new Error(name);
        },
      });
    }
    if (bodyThrows) throw new Error(`body after ${names}`);
  };
  try {
    await using scope = new AsyncMemoryScope();
    await enter(root, scope);
  } catch (error) {
    return { order, error: chainOf(error), live };
  }
  return { order, error: undefined, live };
}

test('5,000 random trees of synchronous scopes end in the order, the count and the error chain of the language', () => {
  fc.assert(
    fc.property(tree, (root) => {
      expect(runSync(root)).toEqual(runReference(root));
      expect(runReference(root).live).toBe(0);
    }),
    { numRuns: 5000 },
  );
}, 60_000);

test('5,000 random trees of asynchronous scopes end in the order, the count and the error chain of the language', async () => {
  await fc.assert(
    fc.asyncProperty(tree, async (root) => {
      expect(await runAsync(root)).toEqual(runReference(root));
    }),
    { numRuns: 5000 },
  );
}, 60_000);

function resource(order: string[], name: string): Disposable {
  return {
    [Symbol.dispose](): void {
      order.push(name);
    },
  };
}

test('what is kept outlives the scope', () => {
  const order: string[] = [];
  let kept: Disposable | undefined;
  {
    using scope = new MemoryScope();
    scope.use(resource(order, 'a'));
    const b = scope.use(resource(order, 'b'));
    kept = scope.keep(b);
  }
  expect(order).toEqual(['a']);
  kept[Symbol.dispose]();
  expect(order).toEqual(['a', 'b']);
});

test('what is moved ends with the scope that received it', () => {
  const order: string[] = [];
  using outer = new MemoryScope();
  {
    using inner = new MemoryScope();
    inner.use(resource(order, 'stays'));
    inner.move(inner.use(resource(order, 'moved')), outer);
  }
  expect(order).toEqual(['stays']);
  expect(outer.size).toBe(1);
});

test('moving into a scope that is closed leaves the member where it was', () => {
  const order: string[] = [];
  const closed = new MemoryScope();
  closed[Symbol.dispose]();
  {
    using scope = new MemoryScope();
    const member = scope.use(resource(order, 'a'));
    expect(() => scope.move(member, closed)).toThrow(UseAfterDisposeError);
    expect(scope.size).toBe(1);
  }
  expect(order).toEqual(['a']);
});

test('a synchronous member can move into an asynchronous scope', async () => {
  const order: string[] = [];
  {
    await using outer = new AsyncMemoryScope();
    using inner = new MemoryScope();
    inner.move(inner.use(resource(order, 'a')), outer);
  }
  expect(order).toEqual(['a']);
});

test('a member is released once, however often it is used', () => {
  const order: string[] = [];
  {
    using scope = new MemoryScope();
    const a = scope.use(resource(order, 'a'));
    scope.use(a);
  }
  expect(order).toEqual(['a']);
});

test('a nested scope that ended leaves nothing behind in the outer one', () => {
  using outer = new MemoryScope();
  for (let i = 0; i < 1000; i += 1) {
    using inner = outer.nest();
    inner.defer(() => undefined);
  }
  expect(outer.size).toBe(0);
});

test('the outer scope ends the inner one that was left open', () => {
  const order: string[] = [];
  {
    using outer = new MemoryScope();
    outer.use(resource(order, 'outer'));
    const inner = outer.nest();
    inner.use(resource(order, 'inner'));
  }
  expect(order).toEqual(['inner', 'outer']);
});

test('a closed scope takes nothing in, and closing it again is harmless', () => {
  const scope = new MemoryScope();
  scope[Symbol.dispose]();
  scope[Symbol.dispose]();
  expect(() => scope.use(resource([], 'a'))).toThrow(UseAfterDisposeError);
  expect(() => scope.defer(() => undefined)).toThrow(UseAfterDisposeError);
});

test('what cannot be disposed of is refused when it comes, not at the end', async () => {
  using scope = new MemoryScope();
  await using later = new AsyncMemoryScope();
  const timer = { [Symbol.asyncDispose]: () => Promise.resolve() };
  for (const wrong of [{}, undefined, 7, timer]) {
    expect(() => scope.use(wrong as unknown as Disposable)).toThrow(/adopt/);
    if (wrong !== timer) expect(() => later.use(wrong as unknown as Disposable)).toThrow(TypeError);
  }
  later.use(timer);
  expect([scope.size, later.size]).toEqual([0, 1]);
});

test('only a member can be kept', () => {
  using scope = new MemoryScope();
  expect(() => scope.keep(resource([], 'stranger'))).toThrow(TypeError);
});

test('equal values are adopted each with its own release, the last first', () => {
  const order: string[] = [];
  const scope = new MemoryScope();
  scope.adopt(7, () => order.push('unlock'));
  scope.adopt(undefined, () => order.push('first'));
  scope.adopt(7, () => order.push('free'));
  scope.adopt(undefined, () => order.push('second'));
  expect(scope.size).toBe(4);
  scope[Symbol.dispose]();
  expect(order).toEqual(['second', 'free', 'first', 'unlock']);
});

test('what was adopted twice moves with both of its releases', () => {
  const order: string[] = [];
  const outer = new MemoryScope();
  const scope = new MemoryScope();
  scope.adopt(7, () => order.push('unlock'));
  scope.adopt(7, () => order.push('free'));
  scope.move(7, outer);
  scope[Symbol.dispose]();
  expect(order).toEqual([]);
  outer[Symbol.dispose]();
  expect(order).toEqual(['free', 'unlock']);
});

test('a nested scope that was moved leaves nothing behind in its new place either', () => {
  using outer = new MemoryScope();
  using long = new MemoryScope();
  for (let i = 0; i < 10; i += 1) {
    using inner = outer.move(outer.nest(), long);
    expect(inner.open).toBe(true);
  }
  expect([outer.size, long.size]).toEqual([0, 0]);
});
