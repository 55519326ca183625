/** Imports go one way, and each library of others is known to one file or one room. */
import { describe, expect, test } from 'vitest';
import { findCycle, type ImportEdge, type SourceFile, sourceFiles } from '../support/source-tree.ts';

const files = sourceFiles('src', 'packages/memory/src');
const edges = files.flatMap(({ imports }) => imports);
const show = ({ from, to, typesOnly }: ImportEdge): string =>
  `${from} imports ${typesOnly ? 'types of ' : ''}${to}`;

/** What each room may import, itself aside. `types:` allows types only. Files at the root of `src` are open to all. */
const allowed: Readonly<Record<string, readonly string[]>> = {
  'packages/memory': [],
  'src/vision': ['memory', 'src'],
  'src/alarms': ['types:src/vision'],
  'src/runtime': ['memory', 'src', 'src/vision', 'src/alarms'],
  'src/server': ['memory', 'src', 'src/runtime', 'types:src/alarms', 'types:src/vision'],
  'src/cli': ['memory', 'src', 'src/runtime', 'src/server', 'src/alarms', 'src/vision'],
};

function roomOf(path: string): string {
  if (path === '@plateau/memory') return 'memory';
  if (path.startsWith('packages/memory/')) return 'packages/memory';
  const [top, room, ...rest] = path.split('/');
  return rest.length > 0 ? `${top}/${room}` : top;
}

/** Imports that leave their room without being allowed to. */
function trespasses(all: readonly ImportEdge[]): string[] {
  return all
    .filter(({ from, to, typesOnly }) => {
      const [here, there] = [roomOf(from), roomOf(to)];
      const isOurs = there === 'memory' || to.startsWith('src/') || to.startsWith('packages/');
      if (!isOurs || here === there || here === 'src') return false;
      const rules = allowed[here];
      if (rules === undefined) return true;
      return !(rules.includes(there) || (typesOnly && rules.includes(`types:${there}`)));
    })
    .map(show);
}

describe('rooms', () => {
  test('imports go one way: memory, vision, alarms, runtime, server and cli', () => {
    expect(trespasses(edges)).toEqual([]);
  });

  test('every room has a rule', () => {
    const rooms = new Set(files.map(({ path }) => roomOf(path)));
    rooms.delete('src');
    expect([...rooms].filter((room) => allowed[room] === undefined)).toEqual([]);
  });

  test('an import against the way is seen', () => {
    const wrong = [
      { from: 'src/vision/letterbox.ts', to: 'src/runtime/defaults.ts', typesOnly: true },
      { from: 'src/alarms/zone-blockage.ts', to: 'src/vision/letterbox.ts', typesOnly: false },
      { from: 'packages/memory/src/ledger.ts', to: 'src/errors.ts', typesOnly: false },
      { from: 'src/runtime/monitor.ts', to: 'src/server/loopback.ts', typesOnly: false },
      { from: 'src/outputs/mqtt.ts', to: 'src/cli/version.ts', typesOnly: false },
    ];
    expect(trespasses(wrong)).toHaveLength(wrong.length);
  });

  test('no file needs itself, over whatever others', () => {
    expect(findCycle(files)).toBeUndefined();
  });

  test('a cycle is seen', () => {
    const file = (path: string, to: string): SourceFile => ({
      path,
      text: '',
      imports: [{ from: path, to, typesOnly: true }],
    });
    expect(findCycle([file('a.ts', 'b.ts'), file('b.ts', 'c.ts'), file('c.ts', 'b.ts')])).toEqual([
      'b.ts',
      'c.ts',
      'b.ts',
    ]);
  });
});

describe('libraries of others', () => {
  const importersOf = (name: RegExp): string[] => [
    ...new Set(edges.filter(({ to }) => name.test(to)).map(({ from }) => from)),
  ];

  test('one file knows ONNX Runtime', () => {
    expect(importersOf(/^onnxruntime/)).toEqual(['src/vision/yolo/onnx-session.ts']);
  });

  test('one file knows FFmpeg', () => {
    expect(importersOf(/^node-av/)).toEqual(['src/vision/video/ffmpeg.ts']);
  });

  test('only the server knows HTTP', () => {
    expect(importersOf(/^fastify|^node:https?$/).filter((path) => !path.startsWith('src/server/'))).toEqual(
      [],
    );
  });

  test('alarms are pure: no library, no clock, no I/O', () => {
    const alarms = files.filter(({ path }) => path.startsWith('src/alarms/'));
    expect(alarms.length).toBeGreaterThan(3);
    expect(
      alarms
        .flatMap(({ imports }) => imports)
        .filter(({ to }) => !to.startsWith('src/'))
        .map(show),
    ).toEqual([]);
    for (const { path, text } of alarms)
      expect(text, path).not.toMatch(
        /\b(?:Date\.now|new Date|performance\.|setTimeout|setInterval|process\.)/,
      );
  });
});
