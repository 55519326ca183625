import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { parseSync } from 'oxc-parser';
import { describe, expect, test } from 'vitest';
import { lineTable, pprofFile, profilePage, StageProfiler, stagePprof } from '../src/index.ts';
import type { Parser } from '../src/ownership/check-ownership.ts';
import type { SyntaxNode } from '../src/ownership/syntax.ts';
import { probeLines } from '../src/profiler/line-probes.ts';
import type { LineProfile } from '../src/profiler/profile-lines.ts';
import { runLineProfile } from './line-process.ts';

const parse: Parser = (path, text) => parseSync(path, text).program as unknown as SyntaxNode;

function probed(code: string, only?: string): string {
  return probeLines(code, parse('code.ts', code), only);
}

describe('probes', () => {
  test('stand before each statement and around each body, and move nothing to another line', () => {
    const code = 'function f(a: number): number {\n  const b = a;\n  return b;\n}\nf(1);';
    const text = probed(code);
    expect(text.split('\n')).toHaveLength(5);
    expect(text).toBe(
      'function f(a: number): number {__plateauLines.enter(1);try{\n' +
        '  __plateauLines.line(2);const b = a;\n' +
        '  __plateauLines.line(3);return b;\n' +
        '}finally{__plateauLines.exit();}}\n' +
        '__plateauLines.line(5);f(1);',
    );
  });

  test.each([
    'class A extends B { constructor() { super(); this.x = 1; } get y() { return 1; } static { z(); } }',
    'export default function () { return 1; }',
    'export const f = async (x: number) => { await g(x); for (const y of x) y; };',
    "'use strict';\nimport { a } from 'a';\nexport { a };\nexport type T = 1;\nenum E { A }\n",
    'function* g() { yield 1; }\nlabel: for (;;) { break label; }\nif (a) b(); else c();\nswitch (x) { case 1: y(); }',
    'const o = { m() { return 1; }, get p() { return 2; } };\ndo { x(); } while (y);\ntry { a(); } catch { b(); } finally { c(); }',
  ])('leave source that parses: %o', (code) => {
    expect(parseSync('code.ts', probed(code)).errors).toEqual([]);
  });

  test('can be put into one function only', () => {
    const code = 'function f() {\n  a();\n}\nconst g = () => {\n  b();\n};\nc();';
    expect(probed(code, 'g')).not.toContain('line(2)');
    expect(probed(code, 'g')).toContain('line(5)');
    expect(() => probed(code, 'h')).toThrow(RangeError);
  });
});

describe('of a known program', () => {
  const path = fileURLToPath(new URL('./threads/known-program.ts', import.meta.url));
  const source = readFileSync(path, 'utf8').split('\n');
  const lineOf = (code: string): number => source.findIndex((line) => line.includes(code)) + 1;
  const rowOf = (profile: LineProfile, code: string): LineProfile['rows'][number] | undefined =>
    profile.rows.find((row) => row.line === lineOf(code));

  test('buffers are exact by line, the heap within 5 %, and calls are counted', async () => {
    const profile = await runLineProfile(path);
    expect(rowOf(profile, 'new Uint8Array')).toMatchObject({ calls: 20, bufferBytes: 10_000_000 });
    expect(rowOf(profile, 'new Float32Array')).toMatchObject({ calls: 10, bufferBytes: 1_000_000 });
    expect(rowOf(profile, 'new Float64Array')).toMatchObject({ calls: 1, bufferBytes: 800_000 });
    const made = rowOf(profile, 'return new Array');
    expect(made?.calls).toBe(20);
    const expected = 20 * 50_000 * 8;
    expect(Math.abs((made?.heapBytes ?? 0) - expected)).toBeLessThan(expected * 0.05);
    // What a called line made does not count for the line that called it.
    expect(Math.abs(rowOf(profile, 'kept.push(references')?.heapBytes ?? 0)).toBeLessThan(expected * 0.05);
    expect(lineTable(profile, source.join('\n'))).toContain('return new Array');
  }, 60_000);

  test('lines are told also of a file that a link leads to', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'plateau-link-'));
    try {
      symlinkSync(dirname(path), join(folder, 'linked'));
      const profile = await runLineProfile(join(folder, 'linked', basename(path)));
      expect(rowOf(profile, 'new Uint8Array')).toMatchObject({ calls: 20, bufferBytes: 10_000_000 });
    } finally {
      rmSync(folder, { recursive: true });
    }
  }, 60_000);
});

test('a line of very many small objects has about what they take, though V8 collects meanwhile', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'plateau-lines-'));
  const path = join(folder, 'small.ts');
  writeFileSync(
    path,
    'const list: object[] = [];\nfor (let i = 0; i < 100_000; i += 1) {\n  list.push({ i });\n}\n',
  );
  try {
    const { rows } = await runLineProfile(path);
    // 32 B each and the growing array: 4.6 MB by V8's own count.
    const made = rows.find(({ line }) => line === 3)?.heapBytes ?? 0;
    expect(made).toBeGreaterThan(3.2e6);
    expect(made).toBeLessThan(8e6);
  } finally {
    rmSync(folder, { recursive: true });
  }
}, 60_000);

test('a pprof file holds types, stacks and values', () => {
  const types = [{ type: 'heap', unit: 'bytes' }];
  const frame = { name: 'decode', file: 'capture.ts', line: 12 };
  const file = gunzipSync(pprofFile(types, [{ stack: [frame], values: [300] }], 1.5));
  // profile.proto by hand: sample_type {heap, bytes}, sample {location 1, 300}, location, function, strings, duration.
  const expected = [
    [0x0a, 4, 0x08, 1, 0x10, 2],
    [0x12, 7, 0x0a, 1, 1, 0x12, 2, 0xac, 0x02],
    [0x22, 8, 0x08, 1, 0x22, 4, 0x08, 1, 0x10, 12],
    [0x2a, 8, 0x08, 1, 0x10, 3, 0x18, 3, 0x20, 4],
    ...['', 'heap', 'bytes', 'decode', 'capture.ts'].map((text) => [0x32, text.length, ...Buffer.from(text)]),
    [0x50, 0x80, 0xde, 0xa0, 0xcb, 0x05],
  ];
  expect([...file]).toEqual(expected.flat());
});

test('a negative value is written as 64 bits', () => {
  const file = gunzipSync(pprofFile([{ type: 'rss', unit: 'bytes' }], [{ stack: [], values: [-1] }], 0));
  expect(file.toString('hex')).toContain('0a00120affffffffffffffffff01');
});

test('stages become a pprof file and a page without anything from elsewhere', () => {
  let now = 0;
  const profiler = new StageProfiler({ clock: () => now });
  const kept: Uint8Array[] = [];
  for (let frame = 0; frame < 5; frame += 1) {
    using _frame = profiler.enter('frame <&>');
    profiler.run('decode', () => {
      kept.push(new Uint8Array(1_000_000));
      now += 1;
    });
  }
  const report = profiler.report();
  expect(gunzipSync(stagePprof(report)).includes('decode')).toBe(true);
  const page = profilePage('belt "1"', report);
  expect(page).toContain('<h1>belt &quot;1&quot;</h1>');
  expect(page).toContain('frame &lt;&amp;&gt;/decode: 5000.0 ms, 5 calls');
  expect(page).not.toMatch(/(?:src|href)=|https?:/);
  expect(page.match(/<rect /g)).toHaveLength(4);
  expect(kept).toHaveLength(5);
});
