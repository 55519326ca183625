import { mkdirSync, mkdtempDisposableSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseSync } from 'oxc-parser';
import { describe, expect, test } from 'vitest';
import {
  checkOwnership,
  type OwnershipFinding,
  type OwnershipInput,
  type Parser,
} from '../src/ownership/check-ownership.ts';
import { main } from '../src/ownership/main.ts';
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

function check(code: string, others: readonly OwnershipInput[] = []): OwnershipFinding[] {
  const inputs = [
    { path: 'library.ts', text: library, declarationsOnly: true },
    ...others,
    { path: 'code.ts', text: code },
  ];
  return checkOwnership(inputs, parse);
}

const packageFolder = new URL('../src/', import.meta.url);
/** The package as a program sees it that uses it. */
const ownDeclarations = readdirSync(packageFolder)
  .filter((name) => name.endsWith('.ts'))
  .map((name): OwnershipInput => {
    const url = new URL(name, packageFolder);
    return { path: fileURLToPath(url), text: readFileSync(url, 'utf8'), declarationsOnly: true };
  });

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
  ['dropped', 'function f(us) { us.forEach((u) => openCapture(u)); }'],
  ['dropped', 'async function f() { await Capture.open("a").catch(() => undefined); }'],
  ['dropped', 'function f() { void Capture.open("a").then(() => g()); }'],
  ['dropped', 'function f() { openCapture("a") || g(); }'],
  ['dropped', 'function f() { flag && openCapture("a"); }'],
  ['dropped', 'function f(p?: Pool) { p?.lease(3); }'],
  ['dropped', 'function f() { function inner() { return openCapture("a"); } inner(); }'],
  ['dropped', 'const mk = () => openCapture("a"); function f() { mk(); }'],
  ['dropped', 'const K = class implements Disposable { [Symbol.dispose]() {} }; function f() { new K(); }'],
  ['dropped', 'type Cap = Capture; function mk(): Cap { return new Capture(); } function f() { mk(); }'],
  [
    'dropped',
    'function mk(): { x: number; [Symbol.dispose](): void } { return null!; } function f() { mk(); }',
  ],
  ['dropped', 'function mk(): Disposable & { x: number } { return null!; } function f() { mk(); }'],
  ['dropped', 'import { openCapture } from "./library.ts"; function f() { openCapture("a"); }'],
  ['dropped', 'import { openCapture as oc } from "./library.js"; function f() { oc("a"); }'],
  [
    'dropped',
    'class A { #pool: Pool; constructor(pool: Pool) { this.#pool = pool; } f() { this.#pool.lease(3); } }',
  ],
  ['dropped', 'class Sub extends Pool { f() { this.lease(3); } }'],
  ['dropped', 'class Sub extends Pool {} function f(s: Sub) { s.lease(3); }'],
  ['dropped', 'class A { open = () => { openCapture("a"); } }'],
  [
    'field-not-released',
    'class A { #c = openCapture("a"); h() { register2(this.#c.size); const s = this.#c; s.begin(); } [Symbol.dispose]() { g(); } }',
  ],
  ['field-not-released', 'class A { #c = openCapture("a"); [Symbol.dispose]() { look(this.#c); } }'],
  ['field-not-released', 'class A { #c = openCapture("a"); #t = 1; stop() { clearInterval(this.#t); } }'],
  [
    'field-not-released',
    'class A { #all = [new Pool()]; [Symbol.dispose]() { for (const one of this.#all) g(one.size); } }',
  ],
  ['handle-lost', 'function f() { g(h(openCapture("a").size)); }'],
  ['handle-lost', 'function f() { return { ...openCapture("a") }; }'],
  ['handle-lost', 'function f(pool: Pool) { for (const x of pool.lease(3).data) g(x); }'],
  ['handle-lost', 'function f(p?: Pool) { return p?.lease(3)?.data; }'],
  ['handle-lost', 'function f() { return (openCapture("a") satisfies Capture).size; }'],
  ['never-released', 'function f() { const c = openCapture("a"); const d = c; return d.size; }'],
  [
    'never-released',
    'async function f(us) { const cs = await Promise.all(us.map((u) => Capture.open(u))); return cs.length; }',
  ],
  ['never-released', 'function f(us) { const cs = us.map((u) => openCapture(u)); return cs.length; }'],
  ['never-released', 'function f(us) { us.forEach((u) => { const c = openCapture(u); g(c.size); }); }'],
  ['never-released', 'function* f() { const c = openCapture("a"); yield c.size; yield 2; }'],
  ['never-released', 'class A { open = () => { const c = openCapture("a"); return c.size; } }'],
  ['never-released', 'function f() { const o = { c: openCapture("a") }; return o.c.size; }'],
  ['never-released', 'function f(c = openCapture("a")) { return c.size; }'],
  ['never-released', 'function f(o) { const { c = openCapture("a") } = o; return c.size; }'],
  ['never-released', 'function f(cb) { const c = openCapture("a"); cb(c.size); }'],
  ['never-released', 'function f() { const c = openCapture("a"); return () => c.size; }'],
  ['never-released', 'function f() { Capture.open("a").then((c) => c.size); }'],
  ['never-released', 'function f() { Capture.open("a").then((c) => { g(c.size); }); }'],
  ['never-released', 'function f(pool: Pool) { for (const l = pool.lease(3); l.data[0] < 3;) { g(); } }'],
  [
    'never-released',
    'function f(c: Capture) { let frame; while ((frame = c.read()) !== undefined) { g(frame.width); } }',
  ],
  ['never-released', 'function f() { const c = openCapture("a"); setTimeout(() => g(c.size), 10); }'],
  ['never-released', 'function f() { let c; (c = openCapture("a"), g()); return c.size; }'],
  ['never-released', 'function f() { const c = openCapture("a"); throw new Error(String(c.size)); }'],
  [
    'never-released',
    'function f(k) { switch (k) { case 1: { const c = openCapture("a"); g(c.size); break; } } }',
  ],
  ['never-released', 'function f() { do { const c = openCapture("a"); g(c.size); } while (x()); }'],
  ['never-released', 'function f() { (() => { const c = openCapture("a"); g(c.size); })(); }'],
  ['never-released', 'class A { static { const c = openCapture("a"); g(c.size); } }'],
  ['never-released', 'class A { get c() { const c = openCapture("a"); return c.size; } }'],
  ['never-released', 'const o = { f() { const c = openCapture("a"); return c.size; } };'],
  [
    'never-released',
    'async function f(us) { for await (const u of us) { const c = openCapture(u); g(c.size); } }',
  ],
  ['never-released', 'function f() { const c = openCapture("a") as Capture; return c.size; }'],
  ['never-released', 'function f() { const c = openCapture("a"); c.stream.close(); }'],
  ['never-released', 'function f() { const c = openCapture("a"); c.end; }'],
  ['never-released', 'function f() { const c = openCapture("a"); c.close; }'],
  [
    'never-released',
    'function mk() { return openCapture("a"); } function f() { const c = mk(); return c.size; }',
  ],
  [
    'never-released',
    'function mk(): Capture | null { return null; } function f() { const c = mk(); return c?.size; }',
  ],
  ['never-released', 'function f() { const s = new DisposableStack(); s.use(openCapture("a")); }'],
  ['never-released', 'class Sub extends Capture {} function f() { const s = new Sub(); return s.size; }'],
  ['never-released', 'function f() { let c: Capture | undefined; c ??= openCapture("a"); return c.size; }'],
  ['never-released', 'function f() { const a: Capture[] = []; a[0] = openCapture("a"); }'],
  ['never-released', 'function f() { const a: Capture[] = []; a.push(openCapture("a")); return a.length; }'],
  [
    'never-released',
    'function f() { const a = Array.from({ length: 3 }, () => openCapture("a")); return a.length; }',
  ],
  ['never-released', 'function f() { const s = new Set([openCapture("a")]); return s.size; }'],
  ['never-released', 'function f() { const c = openCapture("a"); const { size } = c; return size; }'],
  [
    'never-released',
    'function f(us) { const a = []; for (const u of us) a.push(openCapture(u)); return a.length; }',
  ],
  [
    'overwritten',
    'class A { #c = openCapture("a"); reopen() { this.#c = openCapture("b"); } [Symbol.dispose]() { this.#c[Symbol.dispose](); } }',
  ],
  ['overwritten', 'function f() { let c = openCapture("a"); c = openCapture("b"); c[Symbol.dispose](); }'],
  [
    'overwritten',
    'function f() { let c = openCapture("a"); if (c.size) c = openCapture("b"); c[Symbol.dispose](); }',
  ],
  [
    'overwritten',
    'function f() { let a = openCapture("a"); const b = openCapture("b"); a = b; a[Symbol.dispose](); }',
  ],
  [
    'overwritten',
    'function f(us) { for (const u of us) { let c; c = openCapture(u); c = openCapture(u); c[Symbol.dispose](); } }',
  ],
  [
    'owner-not-disposable',
    'class A { #m = new Map([["a", openCapture("a")]]); size() { return this.#m.size; } }',
  ],
  ['owner-not-disposable', 'class A { #all: Capture[] = []; open() { this.#all.push(openCapture("a")); } }'],
  ['owner-not-disposable', 'class A { constructor(private c = openCapture("a")) {} }'],
  [
    'owner-not-disposable',
    'class A { #c: Capture | undefined; async open() { const c = await Capture.open("a"); this.#c = c; } }',
  ],
  ['owner-not-disposable', 'export default class { #c = openCapture("a"); }'],
  [
    'released-on-some-paths',
    'function f() { const c = openCapture("a"); if (c.size) return c; return undefined; }',
  ],
  ['released-on-some-paths', 'function f(list) { const c = openCapture("a"); if (c.size) list.push(c); }'],
  [
    'released-on-some-paths',
    'function f(us) { for (const u of us) { const c = openCapture(u); if (!ok(u)) continue; c[Symbol.dispose](); } }',
  ],
  [
    'released-on-some-paths',
    'function f(us) { while (us.length) { const c = openCapture(us.pop()); if (c.size > 3) { log(); continue; } c[Symbol.dispose](); } }',
  ],
  [
    'released-on-some-paths',
    'function f(us) { outer: for (const u of us) { const c = openCapture(u); for (const v of us) { if (v) continue outer; } c[Symbol.dispose](); } }',
  ],
  [
    'released-on-some-paths',
    'function f(us) { outer: for (const u of us) { const c = openCapture(u); for (const v of us) { if (v) break outer; } c[Symbol.dispose](); } }',
  ],
  [
    'released-on-some-paths',
    'function f() { const c = openCapture("a"); try { g(c.size); } catch (e) { throw e; } c[Symbol.dispose](); }',
  ],
  [
    'released-on-some-paths',
    'function f() { const c = openCapture("a"); try { g(c.size); } catch (e) { c[Symbol.dispose](); throw e; } }',
  ],
  [
    'released-on-some-paths',
    'function f() { const c = openCapture("a"); try { g(c.size); } catch { return 0; } c[Symbol.dispose](); return 1; }',
  ],
  [
    'released-on-some-paths',
    'function f() { const c = openCapture("a"); g(c.size); if (c.size) throw new Error("x"); try { h(); } finally { c[Symbol.dispose](); } }',
  ],
  [
    'released-on-some-paths',
    'function f() { const c = openCapture("a"); try { g(c.size); } finally { if (x) c[Symbol.dispose](); } }',
  ],
  [
    'released-on-some-paths',
    'function f(us) { const c = openCapture("a"); for (const u of us) { try { g(c.size); } finally { c[Symbol.dispose](); } } }',
  ],
  [
    'released-on-some-paths',
    'function f() { const c = openCapture("a"); const stop = () => c[Symbol.dispose](); return c.size; }',
  ],
  [
    'released-on-some-paths',
    'function f() { const a = openCapture("a"); const b = openCapture("b"); b[Symbol.dispose](); if (a.size) throw new Error("e"); a[Symbol.dispose](); }',
  ],
  [
    'released-on-some-paths',
    'function f(k) { switch (k) { case 1: { const c = openCapture("a"); if (c.size) break; c[Symbol.dispose](); } } }',
  ],
  ['released-on-some-paths', 'const c = openCapture("a"); if (c.size) c[Symbol.dispose]();'],
  [
    'released-on-some-paths',
    'function f() { const c = openCapture("a"); if (x) { c[Symbol.dispose](); } else { g(c.size); } }',
  ],
  ['released-on-some-paths', 'function f() { const c = openCapture("a"); x && c[Symbol.dispose](); }'],
  ['released-on-some-paths', 'function f() { const c = openCapture("a"); x ? c[Symbol.dispose]() : g(); }'],
  [
    'released-on-some-paths',
    'function f() { const c = openCapture("a"); if (x) return g(); return c[Symbol.dispose](); }',
  ],
  [
    'released-on-some-paths',
    'function f(us) { const c = openCapture("a"); for (const u of us) c[Symbol.dispose](); }',
  ],
  [
    'released-on-some-paths',
    'function f(us) { const c = openCapture("a"); while (us.pop()) { c[Symbol.dispose](); } }',
  ],
  [
    'released-on-some-paths',
    'function f() { const c = openCapture("a"); g(c.size).catch(() => c[Symbol.dispose]()); }',
  ],
  [
    'released-on-some-paths',
    'function f() { const c = openCapture("a"); if (x) { try { g(); } finally { c[Symbol.dispose](); } } }',
  ],
  [
    'released-on-some-paths',
    'function f() { const c = openCapture("a"); if (bad) return; try { g(); } finally { c[Symbol.dispose](); } }',
  ],
  [
    'released-on-some-paths',
    'function f() { const c = openCapture("a"); const close = () => c[Symbol.dispose](); if (x) close(); }',
  ],
  [
    'released-on-some-paths',
    'function f(c?: Capture) { while (x()) { const d = openCapture("a"); if (d.size) return; d[Symbol.dispose](); } }',
  ],
  [
    'released-on-some-paths',
    'function f() { const c = openCapture("a"); try { g(); } finally { if (x) return; c[Symbol.dispose](); } }',
  ],
  [
    'released-on-some-paths',
    'function f() { const c = openCapture("a"); do { if (c.size) break; c[Symbol.dispose](); } while (false); }',
  ],
  ['returned-dead', 'function f() { using c = openCapture("a"); return { c }; }'],
  ['returned-dead', 'function f() { using c = openCapture("a"); return [c, 1]; }'],
  ['returned-dead', 'function f() { using c = openCapture("a"); return x ? c : undefined; }'],
  ['returned-dead', 'function f() { using c = openCapture("a"); return () => c.size; }'],
  ['returned-dead', 'class A { #list = []; f() { using c = openCapture("a"); this.#list.push(c); } }'],
  ['returned-dead', 'function f() { using c = openCapture("a"); const d = c; return d; }'],
  ['returned-dead', 'const m = new Map(); function f() { using c = openCapture("a"); m.set("a", c); }'],
  ['returned-dead', 'function f() { using s = new MemoryScope(); return s.use(openCapture("a")); }'],
  [
    'returned-dead',
    'function f() { using s = new MemoryScope(); const c = s.use(openCapture("a")); c.read(); return { c }; }',
  ],
  [
    'returned-dead',
    'function f() { using s = new DisposableStack(); const c = s.adopt(openCapture("a"), (x) => x.close()); return c; }',
  ],
  [
    'returned-dead',
    'async function f() { await using s = new AsyncMemoryScope(); const c = s.use(openCapture("a")); await c.read(); return c; }',
  ],
  ['returned-dead', 'function f() { using s = new MemoryScope(); return s.nest(); }'],
  ['returned-dead', 'function* f() { using c = openCapture("a"); yield c; }'],
  ['returned-dead', 'const f = () => { using c = openCapture("a"); return c; }'],
  [
    'never-released',
    'async function f() { const [a, b] = [openCapture("a"), openCapture("b")]; using c = a; return b.size + c.size; }',
  ],
  [
    'never-released',
    'async function f() { const [a, b] = await Promise.all([g(), Capture.open("b")]); return b.size; }',
  ],
  ['dropped', 'async function f() { await Promise.all([g(), Capture.open("b")]); }'],
  ['field-not-released', 'class A { #all = [new Pool()]; [Symbol.dispose]() { g(this.#all.length); } }'],
  ['never-released', 'function f() { const list = [1, openCapture("a")]; return list.length; }'],
  ['dropped', 'class A { constructor(private readonly pool: Pool) {} f() { this.pool.lease(3); } }'],
  [
    'released-on-some-paths',
    'async function f() { await Capture.open("a").then((c) => { if (x) c[Symbol.dispose](); }); }',
  ],
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
  'function f() { const c = openCapture("a"); if (x) { g(); c[Symbol.dispose](); } else { c[Symbol.dispose](); } }',
  'function f() { const c = openCapture("a"); if (c.size === 0) { c[Symbol.dispose](); return; } g(c.size); c[Symbol.dispose](); }',
  'function f() { const c = openCapture("a"); try { c.begin(); } catch (e) { c[Symbol.dispose](); throw e; } return c; }',
  'function f() { const c = openCapture("a"); try { g(c.size); } catch (e) { c[Symbol.dispose](); throw e; } c[Symbol.dispose](); }',
  'function f() { const c = openCapture("a"); try { g(c.size); c[Symbol.dispose](); } catch (e) { c[Symbol.dispose](); throw e; } }',
  'function f() { const c = openCapture("a"); switch (c.size) { case 1: g(); c[Symbol.dispose](); break; default: c[Symbol.dispose](); } }',
  'function f(us) { for (const u of us) { const c = openCapture(u); if (c.size) { c[Symbol.dispose](); continue; } g(c.size); c[Symbol.dispose](); } }',
  'function f(us) { for (const u of us) { const c = openCapture(u); if (c.size) { c[Symbol.dispose](); break; } c[Symbol.dispose](); } }',
  'function f() { let c; try { c = openCapture("a"); g(c.size); } finally { c?.[Symbol.dispose](); } }',
  'function f(us) { let c: Capture | undefined; for (const u of us) { c?.[Symbol.dispose](); c = openCapture(u); g(c.size); } c?.[Symbol.dispose](); }',
  'function f(us) { let c: Capture | undefined; try { for (const u of us) { c = openCapture(u); if (c.size) break; c[Symbol.dispose](); } } finally { c?.[Symbol.dispose](); } }',
  'function f() { const c = openCapture("a"); try { g(c.size); } finally { cleanup(c); } }',
  'function f() { const c = openCapture("a"); using d = c; return d.size; }',
  'function f() { using c = x ? openCapture("a") : null; return c?.size; }',
  'function f() { using c = openCapture("a") ?? undefined; return c.size; }',
  'async function f() { await using c = openCapture("a"); return c.size; }',
  'function f(us) { for (using c of us.map((u) => openCapture(u))) g(c.size); }',
  'function f(us) { for (const u of us) { using c = openCapture(u); if (c.size) continue; g(c.size); } }',
  'function f() { using s = new DisposableStack(); const c = s.use(openCapture("a")); return c.size; }',
  'function f() { using s = new DisposableStack(); const c = s.adopt(openCapture("a"), (x) => x[Symbol.dispose]()); return c.size; }',
  'function f() { using s = new DisposableStack(); const c = openCapture("a"); s.defer(() => c[Symbol.dispose]()); return c.size; }',
  'function f() { using s = new MemoryScope(); const c = s.use(openCapture("a")); c.read(); return s.keep(c); }',
  'function f() { using s = new MemoryScope(); const c = s.use(openCapture("a")); c.read(); s.keep(c); return c; }',
  'function f() { using s = new DisposableStack(); const c = s.use(openCapture("a")); c.read(); s.move(); return c; }',
  'function f(take) { using s = new MemoryScope(); const c = s.use(openCapture("a")); take(s, c); return c; }',
  'function f(open) { using app = open(); const rows = app.use("rows"); return rows; }',
  'class A { #stack; constructor() { using s = new DisposableStack(); this.c = s.use(openCapture("a")); this.#stack = s.move(); } [Symbol.dispose]() { this.#stack.dispose(); } }',
  'class A { f() { using c = openCapture("a"); this.n = c.size; } }',
  'function f() { const c = openCapture("a"); return { size: c.size, [Symbol.dispose]() { c[Symbol.dispose](); } }; }',
  'function f() { const c = openCapture("a"); return () => c[Symbol.dispose](); }',
  'function* f() { const c = openCapture("a"); try { yield c.size; } finally { c[Symbol.dispose](); } }',
  'function* f() { using c = openCapture("a"); yield c.size; }',
  'function f() { const c = openCapture("a"); return g(c.size).finally(() => c[Symbol.dispose]()); }',
  'async function f() { const cs = await Promise.all([Capture.open("a")]); for (const c of cs) c[Symbol.dispose](); }',
  'function f() { const cs = [openCapture("a"), openCapture("b")]; for (const c of cs) c[Symbol.dispose](); }',
  'function f(cb: (c: Capture) => void) { cb(openCapture("a")); }',
  'function f() { const c = openCapture("a"); emitter.emit("open", c); }',
  'class A { #c = openCapture("a"); #shut() { this.#c[Symbol.dispose](); } [Symbol.dispose]() { this.#shut(); } }',
  'class B implements Disposable { [Symbol.dispose]() {} } class A extends B { #c = openCapture("a"); [Symbol.dispose]() { super[Symbol.dispose](); this.#c[Symbol.dispose](); } }',
  'class A { #c = openCapture("a"); [Symbol.dispose]() { const c = this.#c; c[Symbol.dispose](); } }',
  'class A { #s = new DisposableStack(); #c = this.#s.use(openCapture("a")); [Symbol.dispose]() { this.#s.dispose(); } }',
  'class A { #c = openCapture("a"); shutdown() { this.#c[Symbol.dispose](); } }',
  'class A { #c = openCapture("a"); [Symbol.dispose]() { closeAll(this.#c); } }',
  'class A { #c = Capture.open("a"); async [Symbol.asyncDispose]() { (await this.#c)[Symbol.dispose](); } }',
  'class A { #c = Capture.open("a"); [Symbol.dispose]() { void this.#c.then((c) => c[Symbol.dispose]()); } }',
  'class A { constructor(private readonly c: Capture) {} }',
  'class A { #m = new Map<string, Capture>(); open(k) { this.#m.set(k, openCapture(k)); } [Symbol.dispose]() { for (const c of this.#m.values()) c[Symbol.dispose](); } }',
  'function f() { const c = openCapture("a"); if (!c) return; c[Symbol.dispose](); }',
  'function f() { const c = makeCapture(); if (c == null) return; c[Symbol.dispose](); }',
  'function f() { const c = makeCapture(); if (c) { g(c.size); c[Symbol.dispose](); } }',
  'async function f() { const c = await openLater("a"); if (c !== undefined) { g(c.size); c[Symbol.dispose](); } }',
  'async function f() { const c = await openLater("a"); c && c[Symbol.dispose](); }',
  'async function f() { const c = await openLater("a"); g(c?.size); c?.[Symbol.dispose](); }',
  'async function f() { const c = await openLater("a"); if (undefined === c) return; c[Symbol.dispose](); }',
  'async function f() { const c = await openLater("a"); if (c instanceof Capture) { c[Symbol.dispose](); } }',
  'async function f() { const c = await openLater("a"); const missing = c === undefined; if (missing) return; c[Symbol.dispose](); }',
  'function f(c: Capture) { for (;;) { using frame = c.read(); if (frame === undefined) break; g(frame.width); } }',
  'function f(c: Capture) { for (;;) { const frame = c.read(); if (frame === undefined) break; g(frame.width); frame[Symbol.dispose](); } }',
  'function f(c: Capture) { let frame; while ((frame = c.read()) !== undefined) { g(frame.width); frame[Symbol.dispose](); } }',
  'function f(a: Capture, b: Capture) { return a === b; }',
  'test("x", () => { expect(() => openCapture("a")).toThrow(); });',
  'test("x", async () => { await expect(Capture.open("a")).rejects.toThrow(); });',
  'test("x", () => { assert.throws(() => { openCapture("a"); }); });',
  'function f() { function openCapture(x) { return 1; } openCapture("a"); }',
  'function f() { const openCapture = (x) => 1; openCapture("a"); }',
  'function makeCapture() { return 1; } function f() { makeCapture(); }',
  'class A implements Disposable { constructor(private c = openCapture("a")) {} [Symbol.dispose]() { this.c[Symbol.dispose](); } }',
  'function f() { let c; c = openCapture("a"); return c; }',
  'let cached; function f() { cached ??= openCapture("a"); return cached; }',
  'let cached: Capture | undefined; function f() { if (cached === undefined) cached = openCapture("a"); return cached.size; }',
  'let cached; export function init() { cached = openCapture("a"); } export function end() { cached[Symbol.dispose](); }',
  'function f() { let c; const open = () => { c = openCapture("a"); }; open(); g(c.size); c[Symbol.dispose](); }',
  'let c; beforeEach(() => { c = openCapture("a"); }); afterEach(() => { c[Symbol.dispose](); });',
  'const o = { open() { this.c = openCapture("a"); }, close() { this.c[Symbol.dispose](); } };',
  'function A() { this.c = openCapture("a"); } A.prototype.close = function () { this.c[Symbol.dispose](); };',
  'async function f() { const c = await openLater("a"); return c === undefined ? 0 : use(c); }',
  'function f() { let a = openCapture("a"); let b = openCapture("b"); [a, b] = [b, a]; a[Symbol.dispose](); b[Symbol.dispose](); }',
  'function f() { using _ = openCapture("a"); }',
  'function f() { using c = openCapture("a"); const g = (c) => { return c; }; return g(1); }',
  'function f() { { using c = openCapture("a"); g(c); } const c = 1; return c; }',
  'function f() { { using c = openCapture("a"); g(c.size); } { const c = 3; return c; } }',
  'function f(x) { if (x) { using c = openCapture("a"); return c.size; } else { const c = openCapture("b"); return c; } }',
  'function f(x) { if (x) { const c = openCapture("a"); c[Symbol.dispose](); return 1; } const c = openCapture("b"); c[Symbol.dispose](); return 2; }',
  'function f() { const a = openCapture("a"); try { const b = openCapture("b"); try { g(a.size, b.size); } finally { b[Symbol.dispose](); } } finally { a[Symbol.dispose](); } }',
  'function f() { const c = openCapture("a"); const ok = [1].every((x) => { return x; }); c[Symbol.dispose](); return ok; }',
  'function f(us) { const c = openCapture("a"); for (const u of us) { if (u) break; } c[Symbol.dispose](); }',
  'function f(k) { const c = openCapture("a"); switch (k) { case 1: g(); break; default: h(); } c[Symbol.dispose](); }',
  'function f() { const c = openCapture("a"); { c[Symbol.dispose](); } }',
  'async function f() { const w = new Writer(); await using owned = w; owned.write(1); }',
  'function f() { const c = openCapture("a"); if (bad) { process.exit(1); } c[Symbol.dispose](); }',
  '/** @borrowed */ const find = (n: string): Capture => all[n]; function f() { return find("a").size; }',
  'function f(r: Registry) { return r.find("a").size; }',
  'interface Store { /** @borrowed */ lookup(n: string): Capture } function f(s: Store) { return s.lookup("a").size; }',
  'function f(list: Capture[]) { const c = list.find((x) => x.size); return c.size; }',
  'async function f() { const c = openCapture("a"); g(c.size); await once(c, "close"); }',
  'function f(us) { for (const u of us) { const c = openCapture(u); queueMicrotask(() => c[Symbol.dispose]()); } }',
  'function f() { const c = openCapture("a"); c["close"](); }',
  'const d = Symbol.dispose; function f() { const c = openCapture("a"); c[d](); }',
  'function f() { const c = openCapture("a"); c[Symbol.dispose]?.(); }',
  'function f() { const c = openCapture("a"); c.cancel(); }',
  'function f() { const c = openCapture("a"); let done = false; try { g(c.size); done = true; } finally { if (!done) c[Symbol.dispose](); } return c; }',
  'async function f(us) { for (let i = 0; i < 3; i += 1) { const c = openCapture("a"); try { return await work(c.size); } catch (e) { if (i === 2) throw e; } finally { c[Symbol.dispose](); } } }',
  'function f() { const t = openCapture(() => t[Symbol.dispose]()); }',
  'function f() { const o = { c: openCapture("a") }; const { c } = o; c[Symbol.dispose](); }',
  'function f() { const o = { c: openCapture("a") }; o.c[Symbol.dispose](); }',
  'function f(us) { const all = []; for (const u of us) all.push(openCapture(u)); return all; }',
  'async function f(us) { const all: Capture[] = []; for (const u of us) all.push(openCapture(u)); await Promise.all(all.map((c) => c[Symbol.dispose]())); }',
  'function f(us) { const cs = us.map((u) => openCapture(u)); try { g(); } finally { for (const c of cs) c[Symbol.dispose](); } }',
  'class A { #m = new Map<string, Capture>(); get(k: string): Capture { let c = this.#m.get(k); if (c === undefined) { c = openCapture(k); this.#m.set(k, c); } return c; } size(k) { return this.get(k).size; } [Symbol.dispose]() { for (const c of this.#m.values()) c[Symbol.dispose](); } }',
  'const m = new Map<string, Capture>(); function get(k: string): Capture { const known = m.get(k); if (known !== undefined) return known; const c = openCapture(k); m.set(k, c); return c; } function f() { return get("a").size; }',
  'function f() { const c = openCapture("a"); return c.begin(); }',
  'function f() { return Capture.open("a").then((c) => c.begin()); }',
  'async function f() { const [a, b] = await Promise.all([Capture.open("a"), Capture.open("b")]); using x = a; using y = b; return x.size + y.size; }',
  'function f() { const s = new DisposableStack(); try { s.use(openCapture("a")); return new Thing(s.move()); } catch (e) { s.dispose(); throw e; } }',
  'class A { private c = openCapture("a"); [Symbol.dispose]() { const { c } = this; c[Symbol.dispose](); } }',
  'function f() { using c = openCapture("a"); const read = lazily(() => { return () => c.size; }); return read()(); }',
  'function f() { using c = openCapture("a"); return (() => c.size)(); }',
  'function f() { using c = openCapture("a"); return items.map(() => c.size); }',
  'function f() { const c = openCapture("a"); const onEnd = () => c[Symbol.dispose](); stream.on("end", onEnd); }',
  'function f() { const c = openCapture("a"); function tick() { if (done()) c[Symbol.dispose](); else setTimeout(tick, 1); } tick(); }',
  'async function f() { const error = await Capture.open("a").catch((e) => e); expect(error.code).toBe(1); }',
  'async function f() { const opened = Capture.open("a"); await expect(opened).rejects.toThrow(); }',
  'function f() { const c = openCapture("a"); for (const u of us) other.add(u, c); }',
  'function f() { const c = openCapture("a"); return x ? { c } : (c[Symbol.dispose](), undefined); }',
  'function f() { for (;;) { const c = openCapture("a"); if (c.size > 3) return c; c[Symbol.dispose](); } }',
  'function f() { let c; while (true) { c = openCapture("a"); if (c.size) break; c[Symbol.dispose](); } c[Symbol.dispose](); }',
  'function f() { let c = openCapture("a"); try { g(c.size); } finally { c[Symbol.dispose](); } c = openCapture("b"); c[Symbol.dispose](); }',
  'function f() { let c: Capture | undefined = openCapture("a"); c[Symbol.dispose](); c = undefined; }',
  'function f() { const c = openCapture("a"); if (bad) fail(); c[Symbol.dispose](); } function fail(): never { throw new Error(); }',
  'class A { #c: Capture; constructor() { const c = openCapture("a"); this.#c = c; } [Symbol.dispose]() { this.#c[Symbol.dispose](); } }',
  'class A { #c = openCapture("a"); reopen() { this.#c[Symbol.dispose](); this.#c = openCapture("b"); } [Symbol.dispose]() { this.#c[Symbol.dispose](); } }',
  'class A { #all: Capture[] = []; add() { this.#all.push(openCapture("a")); } take() { return this.#all.pop(); } }',
  'class A { #live = new Set<Capture>(); f() { using c = openCapture("a"); this.#live.add(c); try { g(); } finally { this.#live.delete(c); } } }',
  'function f() { const c = openCapture("a"); return new Promise((resolve) => { c.on("end", () => { c[Symbol.dispose](); resolve(1); }); }); }',
  'function f() { const c = openCapture("a"); outer: for (const u of us) { for (const v of u) { if (v) break outer; } } c[Symbol.dispose](); }',
  'function f() { outer: for (const u of us) { const c = openCapture(u); for (const v of u) { if (v) { c[Symbol.dispose](); continue outer; } } c[Symbol.dispose](); } }',
  'function f(k) { const c = openCapture("a"); switch (k) { case 1: case 2: c[Symbol.dispose](); return; case 3: g(); default: c[Symbol.dispose](); } }',
  'import { openCapture } from "other"; function f() { openCapture("a"); }',
  'import { Capture } from "./not-there.ts"; function f() { new Capture(); }',
  'function f<Capture>(make: () => Capture) { make(); }',
  'function f({ openCapture }) { openCapture("a"); }',
  'try { x(); } catch (openCapture) { openCapture("a"); }',
  'function f(c?: Capture) { const own = c ?? openCapture("a"); try { g(own.size); } finally { if (c === undefined) own[Symbol.dispose](); } }',
  'function f(x) { let c; if (x) c = openCapture("a"); g(); if (x) c[Symbol.dispose](); }',
  'function f(x) { const c = x ? openCapture("a") : undefined; g(); if (x) c[Symbol.dispose](); }',
  'function f(x) { const c = x === 1 ? undefined : openCapture("a"); if (x !== 1) c[Symbol.dispose](); }',
];

/** Right for those who have the package's own declarations at hand, whose names are common words. */
const soundWithPackage: readonly string[] = [
  'function f(analytics) { analytics.track("login"); }',
  'class A { constructor(private analytics: Analytics) {} f() { this.analytics.track("x"); } }',
  'async function f(lock) { await lock.acquire(); try { g(); } finally { lock.release(); } }',
  'async function f() { await navigator.share({ url: "x" }); }',
  'function f(room) { room.enter("bob"); }',
  'async function f(fsx) { await fsx.copy("a", "b"); }',
  'function f(theatre) { theatre.reserve(3); }',
  'function f(dhcp) { dhcp.lease("10.0.0.1"); }',
  'function f(stream) { const r = stream.reader(); return r.x; }',
  'function f(stream) { const w = stream.writer(); w.write(1); }',
  'function f(bird) { bird.nest(); }',
  'function f(mem) { mem.allocate(10); }',
  'function f(scope: GpuMemoryScope, t) { scope.useTensor(t); }',
  'function analyse(path) { using scope = new MemoryScope(); const capture = scope.use(openCapture(path)); const tensor = scope.adopt(infer(capture), (one) => one.release()); return extract(tensor); }',
  'using slabs = new SlabPool({ budgetBytes: 64_000_000 }); using ring = FrameRing.allocate(slabs, { slots: 3 }); new Worker("x", { workerData: ring.handle }); ',
  'using writer = FrameRing.attach(workerData).writer({ overwrite: true }); using slot = writer.acquire(); if (slot !== undefined) { decodeInto(slot.float32()); slot.publish(); }',
  'using reader = FrameRing.attach(workerData).reader(); reader.wait(1000); using slot = reader.takeNewest(); if (slot !== undefined) run(slot.float32());',
  'class Cap implements Disposable { readonly #entry = ledger.track({ kind: "Capture", bytes: 4 }); [Symbol.dispose](): void { this.#entry[Symbol.dispose](); } }',
  'const pool = new LeakDetectingPool(new StatisticsPool(new LimitingPool(new BufferPool(), 64)));',
  'function f() { using outer = new MemoryScope(); const inner = outer.nest(); inner.use(openCapture("a")); }',
  'function f() { using scope = new MemoryScope(); const c = scope.use(openCapture("a")); g(c.size); return scope.keep(c); }',
  'function f() { using scope = new MemoryScope(); using c = openCapture("a"); return scope.keep(c); }',
  'function f(pool: BufferPool) { const lease = pool.lease("uint8", 3); using frame = CopyOnWrite.take("uint8", lease, pool); return frame.data[0]; }',
  'class Session { constructor(readonly id: string) {} } function f() { const s = new Session("a"); return s.id; }',
  'class Turn { n = 1 } function f() { const t = new Turn(); return t.n; }',
  'class Block { n = 1 } function f() { new Block(); }',
  'function stage(n: string): number { return 1; } function f() { const s = stage("a"); return s; }',
  'import { stage } from "ballet"; function f() { stage("swan lake"); }',
  'import { stage } from "ballet"; function f() { const stage = (x) => x; stage("swan lake"); }',
  'function f() { const r = ledger.snapshot(); return r.bytes; }',
  'function f(xs) { return xs.values().take(3).toArray(); }',
  'function f() { const w = new Worker("a"); return w.threadId; }',
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

describe("what is right beside the package's own names is left alone", () => {
  test.each(soundWithPackage)('%s', (code) => {
    expect(check(code, ownDeclarations)).toEqual([]);
  });

  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
  const examples = [...readme.matchAll(/```ts\n(.*?)```/gs)].map(([, code = '']) => code);
  test.each(examples)('an example of the README: %s', (code) => {
    expect(check(code, ownDeclarations)).toEqual([]);
  });

  test('there are examples', () => {
    expect(examples.length).toBeGreaterThan(7);
  });
});

/** Our own objects are known by where they come from. */
const mistakesWithPackage: readonly [string, string][] = [
  ['dropped', 'import { ledger } from "@plateau/memory"; ledger.track({ kind: "Picture" });'],
  ['dropped', 'import { stage as begin } from "@plateau/memory"; function f() { begin("decode"); }'],
  [
    'dropped',
    'import { BufferPool } from "@plateau/memory"; function f(pool: BufferPool) { pool.lease("uint8", 3); }',
  ],
  [
    'never-released',
    'import { FrameRing } from "@plateau/memory"; function f(handle) { const w = FrameRing.attach(handle).writer(); w.acquire; }',
  ],
  [
    'never-released',
    'import * as other from "other"; import { MemoryScope } from "@plateau/memory"; function f() { const s = new MemoryScope(); s.use(other.x()); }',
  ],
];

test.each(mistakesWithPackage)("with the package's own objects, %s: %s", (mistake, code) => {
  expect(check(code, ownDeclarations).map((one) => one.mistake)).toEqual([mistake]);
});

test('a name means what the file says that it is imported from', () => {
  const inputs = [
    {
      path: 'a/video.ts',
      text: 'export class Capture { [Symbol.dispose]() {} }\nexport const open = () => new Capture();',
    },
    { path: 'a/door.ts', text: 'export function open() { return 1; }' },
    {
      path: 'a/index.ts',
      text: 'export { open as openVideo } from "./video.ts";\nexport * from "./door.ts";',
    },
    { path: 'b.ts', text: 'import { open } from "./a/door.ts";\nopen();' },
    { path: 'c.ts', text: 'import { open, openVideo } from "./a/index.ts";\nopen();\nopenVideo();' },
  ];
  expect(checkOwnership(inputs, parse)).toMatchObject([{ path: 'c.ts', line: 3, mistake: 'dropped' }]);
});

describe('the command', () => {
  async function run(...args: string[]): Promise<{ code: number; printed: string[]; complaints: string[] }> {
    const printed: string[] = [];
    const complaints: string[] = [];
    const code = await main(
      args,
      (line) => printed.push(line),
      (line) => complaints.push(line),
    );
    return { code, printed, complaints };
  }

  test('answers findings with a line each and 1, none with 0', async () => {
    using folder = mkdtempDisposableSync(join(tmpdir(), 'plateau-ownership-'));
    writeFileSync(join(folder.path, 'sound.ts'), 'export const one = 1;');
    expect(await run(folder.path)).toEqual({ code: 0, printed: [], complaints: [] });
    const text = 'class A { [Symbol.dispose]() {} }\nfunction f() { new A(); }';
    writeFileSync(join(folder.path, 'forgetful.ts'), text);
    const { code, printed } = await run(folder.path);
    expect({ code, lines: printed.length }).toEqual({ code: 1, lines: 1 });
    expect(printed[0]).toMatch(/forgetful\.ts:2:16 {2}dropped {2}a A is acquired and dropped at once/);
  });

  test('answers wrong use with one sentence and 2', async () => {
    using folder = mkdtempDisposableSync(join(tmpdir(), 'plateau-ownership-'));
    const broken = join(folder.path, 'broken.ts');
    writeFileSync(broken, 'const = 3;');
    const notes = join(folder.path, 'notes');
    mkdirSync(notes);
    writeFileSync(join(notes, 'notes.md'), 'openCapture("a");');
    const cases: [string[], RegExp][] = [
      [[join(folder.path, 'gone')], /there is no .*gone$/],
      [['--jsn', folder.path], /no option --jsn/],
      [[broken], /broken\.ts: /],
      [[], /which folder or file/],
      // A folder that was misspelt, or built elsewhere, must not pass.
      [[notes], /there is no TypeScript or JavaScript in .*notes; name/],
      [[join(notes, 'notes.md')], /there is no TypeScript or JavaScript in .*notes\.md; name/],
    ];
    for (const [args, sentence] of cases) {
      const { code, printed, complaints } = await run(...args);
      expect({ code, printed, count: complaints.length }).toEqual({ code: 2, printed: [], count: 1 });
      expect(complaints[0]).toMatch(sentence);
      expect(complaints[0]).not.toContain('\n');
    }
  });

  test('shows its use when asked', async () => {
    const { code, printed } = await run('--help');
    expect(code).toBe(0);
    expect(printed[0]).toContain('check-ownership --json src');
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
