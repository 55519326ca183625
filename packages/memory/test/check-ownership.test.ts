import { readdirSync, readFileSync } from 'node:fs';
import { parseSync } from 'oxc-parser';
import { describe, expect, test } from 'vitest';
import { checkOwnership, type OwnershipFinding, type Parser } from '../src/ownership/check-ownership.ts';
import type { SyntaxNode } from '../src/ownership/syntax.ts';

const parse: Parser = (path, text) => {
  const { program, errors } = parseSync(path, text);
  if (errors[0] !== undefined) throw new SyntaxError(`${path}: ${errors[0].message}`);
  return program as unknown as SyntaxNode;
};

const library = `
export class Capture implements Disposable {
  static async open(url: string): Promise<Capture> { return new Capture(); }
  read(): Frame | undefined { return undefined; }
  begin(): this { return this; }
  get size(): number { return 0; }
  [Symbol.dispose](): void {}
}
export class Frame extends Base { readonly bytes = 1; width = 2; }
export class Base { [Symbol.dispose](): void {} }
export class Writer implements AsyncDisposable { async [Symbol.asyncDispose](): Promise<void> {} write(frame: Frame): void {} }
export class Pool implements Disposable { lease(length: number): Lease { return new Lease(); } [Symbol.dispose](): void {} }
export class Lease implements Disposable { data = [1]; return(): void {} [Symbol.dispose](): void {} }
export interface Reservation extends Disposable { readonly bytes: number }
export class Budget { reserve(bytes: number): Reservation { throw new Error(); } }
export class Registry { /** @borrowed */ find(name: string): Capture { throw new Error(); } }
export function openCapture(url: string): Capture { return new Capture(); }
export async function openLater(url: string): Promise<Capture | undefined> { return undefined; }
export const makeCapture = (): Capture => new Capture();
export function look(capture: Capture): number { return capture.size; }
export function closeAll(capture: Capture): void { capture[Symbol.dispose](); }
`;

function check(code: string): OwnershipFinding[] {
  const inputs = [
    { path: 'library.ts', text: library, declarationsOnly: true },
    { path: 'code.ts', text: code },
  ];
  return checkOwnership(inputs, parse);
}

/** Each planted by hand, each of another form. */
const mistakes: readonly [string, string][] = [
  ['dropped', 'function f() { new Capture(); }'],
  ['dropped', 'function f() { openCapture("a"); }'],
  ['dropped', 'async function f() { await Capture.open("a"); }'],
  ['dropped', 'function f() { void Capture.open("a"); }'],
  ['dropped', 'function f(pool: Pool) { pool.lease(3); }'],
  ['dropped', 'function f(pool: Pool) { if (pool.lease(3)) g(); }'],
  ['dropped', 'function f() { return typeof openCapture("a"); }'],
  // biome-ignore lint/suspicious/noTemplateCurlyInString: it is source text.
  ['dropped', 'function f() { return `${makeCapture()}`; }'],
  ['dropped', 'function f() { return !openCapture("a"); }'],
  ['dropped', 'function f() { return openCapture("a") === undefined; }'],
  ['dropped', 'function f(b: Budget) { b.reserve(3); }'],
  ['dropped', 'async function f() { (await openLater("a")); }'],
  ['dropped', 'function f() { (openCapture("a"), g()); }'],
  [
    'dropped',
    'class A { #pool = new Pool(); g() { this.#pool.lease(1); } [Symbol.dispose]() { this.#pool[Symbol.dispose](); } }',
  ],
  ['dropped', 'const f = () => { makeCapture(); };'],
  ['dropped', 'function f(list: Pool[]) { for (const one of list) one.lease(1); }'],
  ['handle-lost', 'function f(pool: Pool) { return pool.lease(3).data; }'],
  ['handle-lost', 'function f(pool: Pool) { const { data } = pool.lease(3); return data[0]; }'],
  ['handle-lost', 'function f() { return openCapture("a").size; }'],
  ['handle-lost', 'function f() { return openCapture("a")?.size; }'],
  ['handle-lost', 'async function f() { return (await Capture.open("a")).size; }'],
  ['handle-lost', 'async function f() { const { size } = await Capture.open("a"); return size; }'],
  ['handle-lost', 'function f() { return new Capture().begin().size; }'],
  ['never-released', 'function f() { const capture = openCapture("a"); }'],
  ['never-released', 'function f() { const capture = openCapture("a"); return capture.size; }'],
  ['never-released', 'function f() { let capture = new Capture(); capture.begin(); }'],
  [
    'never-released',
    'async function f() { const capture = await openLater("a"); if (capture !== undefined) g(capture.size); }',
  ],
  ['never-released', 'function f(pool: Pool) { const lease = pool.lease(3); lease.data.fill(0); }'],
  [
    'never-released',
    'function f() { for (const url of urls) { const capture = openCapture(url); capture.begin(); } }',
  ],
  [
    'never-released',
    'function f() { const capture = flag ? openCapture("a") : undefined; return capture?.size; }',
  ],
  ['never-released', 'function f() { const capture = cached ?? openCapture("a"); return capture.size; }'],
  ['never-released', 'function f() { const list = [openCapture("a")]; }'],
  ['never-released', 'function f() { let capture; capture = openCapture("a"); return capture.size; }'],
  ['never-released', 'async function f() { const writer = new Writer(); writer.write(frame()); }'],
  [
    'never-released',
    'function f() { const capture = openCapture("a"); { const capture = openCapture("b"); capture[Symbol.dispose](); } }',
  ],
  [
    'never-released',
    'function f() { const capture = openCapture("a"); const g = (capture: Capture) => capture[Symbol.dispose](); g(h()); }',
  ],
  [
    'never-released',
    'function f(c: Capture) { let frame = c.read(); while (frame) { work(frame.width); frame = undefined; } }',
  ],
  ['released-on-some-paths', 'function f() { const c = openCapture("a"); if (ok) c[Symbol.dispose](); }'],
  [
    'released-on-some-paths',
    'function f() { const c = openCapture("a"); if (c.size === 0) return; c[Symbol.dispose](); }',
  ],
  [
    'released-on-some-paths',
    'function f() { const c = openCapture("a"); if (c.size === 0) throw new Error("x"); c[Symbol.dispose](); }',
  ],
  [
    'released-on-some-paths',
    'function f() { const c = openCapture("a"); try { g(c.size); c[Symbol.dispose](); } catch (e) { h(e); } }',
  ],
  [
    'released-on-some-paths',
    'function f() { const c = openCapture("a"); try { g(c.size); } catch (e) { c[Symbol.dispose](); } }',
  ],
  [
    'released-on-some-paths',
    'function f() { for (const u of us) { const c = openCapture(u); if (c.size) continue; c[Symbol.dispose](); } }',
  ],
  [
    'released-on-some-paths',
    'function f() { for (const u of us) { const c = openCapture(u); if (c.size) break; c[Symbol.dispose](); } }',
  ],
  [
    'released-on-some-paths',
    'function f() { const c = openCapture("a"); switch (c.size) { case 1: c[Symbol.dispose](); break; default: g(); } }',
  ],
  [
    'overwritten',
    'function f() { let c; for (const u of us) { c = openCapture(u); g(c.size); } c?.[Symbol.dispose](); }',
  ],
  ['returned-dead', 'function f() { using capture = openCapture("a"); return capture; }'],
  ['returned-dead', 'async function f() { await using writer = new Writer(); return writer; }'],
  [
    'returned-dead',
    'class A { #c; f() { using c = openCapture("a"); this.#c = c; } [Symbol.dispose]() { this.#c[Symbol.dispose](); } }',
  ],
  [
    'owner-not-disposable',
    'class A { readonly #capture = openCapture("a"); size() { return this.#capture.size; } }',
  ],
  ['owner-not-disposable', 'class A { #capture: Capture; constructor() { this.#capture = new Capture(); } }'],
  ['field-not-released', 'class A { #a = openCapture("a"); [Symbol.dispose]() { g(); } }'],
  [
    'field-not-released',
    'class A { #a = new Pool(); #b = new Pool(); [Symbol.dispose]() { this.#a[Symbol.dispose](); } }',
  ],
  [
    'field-not-released',
    'class A { async start() { this.#w = new Writer(); } async [Symbol.asyncDispose]() { await g(); } }',
  ],
  ['lent-only', 'function f() { look(openCapture("a")); }'],
  ['lent-only', 'function f() { const capture = openCapture("a"); look(capture); }'],
  ['lent-only', 'function f() { console.log(openCapture("a")); }'],
];

/** Right, and easily taken for wrong. */
const sound: readonly string[] = [
  'function f() { using capture = openCapture("a"); return capture.size; }',
  'async function f() { using capture = await Capture.open("a"); g(capture); }',
  'async function f() { await using writer = new Writer(); writer.write(x); }',
  'function f() { return openCapture("a"); }',
  'const f = () => openCapture("a");',
  'async function f() { return await Capture.open("a"); }',
  'function f() { return flag ? openCapture("a") : undefined; }',
  'function f() { const capture = openCapture("a"); return capture; }',
  'function f() { const capture = openCapture("a"); return { capture }; }',
  'function f() { const capture = openCapture("a"); return [capture]; }',
  'function* f() { yield openCapture("a"); }',
  'function f(scope: MemoryScope) { const capture = scope.use(openCapture("a")); capture.begin(); }',
  'function f(scope: MemoryScope) { const capture = openCapture("a"); scope.use(capture); }',
  'function f(queue: LatestQueue<Frame>, c: Capture) { const frame = c.read(); if (frame !== undefined) queue.push(frame); }',
  'function f() { const c = openCapture("a"); try { g(c.size); } finally { c[Symbol.dispose](); } }',
  'function f() { const c = openCapture("a"); g(c.size); c[Symbol.dispose](); }',
  'function f(pool: Pool) { pool.lease(3).return(); }',
  'function f() { openCapture("a")[Symbol.dispose](); }',
  'function f() { return Capture.open("a").then((c) => c); }',
  'class A implements Disposable { #c = openCapture("a"); [Symbol.dispose]() { this.#c[Symbol.dispose](); } }',
  'class A { #c: Capture | undefined; open() { this.#c = openCapture("a"); } [Symbol.dispose]() { this.#c?.[Symbol.dispose](); } }',
  'class A { #c: Capture | undefined; take() { this.#c ??= openCapture("a"); return this.#c; } [Symbol.dispose]() { g(); } }',
  'class A { #all = [new Pool(), new Pool()]; [Symbol.dispose]() { for (const one of this.#all) one[Symbol.dispose](); } }',
  'class A { f() { using c = openCapture("a"); this.#c = c; try { g(); } finally { this.#c = undefined; } } [Symbol.dispose]() { h(); } }',
  'class A { constructor() { this.#c = register(new Capture()); } }',
  'class A { close() { this.#c[Symbol.dispose](); } #c = openCapture("a"); }',
  'export const pool = new Pool();\nexport function f() { return pool.lease(3); }',
  'function f(registry: Registry) { const capture = registry.find("a"); return capture.size; }',
  'function f() { closeAll(openCapture("a")); }',
  'function f() { const capture = openCapture("a"); closeAll(capture); }',
  'function f(other: Unknown) { other.lend(openCapture("a")); }',
  'function f() { const c = makeCapture(); if (c === undefined) return; g(c.size); c[Symbol.dispose](); }',
  'function f(c: Capture) { for (let x = c.read(); x !== undefined; x = c.read()) { g(x.width); x[Symbol.dispose](); } }',
  'function f() { // ownership: lives as long as the process\n const c = openCapture("a"); g(c.size); }',
  'function f() { const c = openCapture("a"); process.once("exit", () => c[Symbol.dispose]()); }',
  'function f(openCapture: (x: string) => number) { openCapture("a"); }',
  'function f(map: Map<string, Capture>) { map.set("a", openCapture("a")); }',
  'function f(capture: Capture | undefined) { const size = (capture ?? fallback).size; return size; }',
  'class A { #c: Capture | undefined; #open(): Capture { this.#c ??= openCapture("a"); return this.#c; } g() { return this.#open().size; } [Symbol.dispose]() { this.#c?.[Symbol.dispose](); } }',
  'class A { #c?: Capture; #open(): Capture { return (this.#c ??= openCapture("a")); } g() { this.#open(); } [Symbol.dispose]() { this.#c?.[Symbol.dispose](); } }',
  'function f(list: number[]) { const last = list.at(-1); list.pop(); return last; }',
];

describe('each planted mistake is found, as what it is', () => {
  test.each(mistakes)('%s: %s', (mistake, code) => {
    expect(check(code).map((one) => one.mistake)).toEqual([mistake]);
  });

  test('there are at least 50 of them', () => {
    expect(new Set(mistakes.map(([, code]) => code)).size).toBeGreaterThanOrEqual(50);
  });
});

describe('what is right is left alone', () => {
  test.each(sound)('%s', (code) => {
    expect(check(code)).toEqual([]);
  });
});

test('a finding names file, line, column and what to think of', () => {
  const [finding] = check('\n  function f() {\n    openCapture("a");\n  }');
  expect(finding).toEqual({
    path: 'code.ts',
    line: 3,
    column: 5,
    mistake: 'dropped',
    sentence: 'what openCapture() gives is acquired and dropped at once',
  });
});

test('our own source has no finding', () => {
  const folder = new URL('../src/', import.meta.url);
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) =>
    file.endsWith('.ts'),
  );
  const inputs = files.map((file) => ({ path: file, text: readFileSync(new URL(file, folder), 'utf8') }));
  expect(files.length).toBeGreaterThan(40);
  expect(checkOwnership(inputs, parse)).toEqual([]);
});
