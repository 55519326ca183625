/** No result takes the place of what it is made from, whatever name it has. */
import { linkSync, mkdirSync, symlinkSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';
import { refuseOwnInput } from '../../src/cli/refuse-own-input.ts';
import { Workbench } from '../support/ffmpeg-program.ts';

type Paths = (bench: Workbench) => readonly [input: string, output: string];

test.each<[string, Paths]>([
  [
    'the file itself',
    (bench) => {
      const file = bench.write('a.mp4', '');
      return [file, file];
    },
  ],
  ['a picture of a folder', (bench) => [bench.path, bench.write('0001.png', '')]],
  [
    'what a picture of a folder links to',
    (bench) => {
      mkdirSync(bench.file('folder'));
      symlinkSync('../far.png', bench.file('folder/0001.png'));
      return [bench.file('folder'), bench.write('far.png', '')];
    },
  ],
  [
    'a hard link',
    (bench) => {
      const file = bench.write('a.mp4', '');
      linkSync(file, bench.file('b.mp4'));
      return [file, bench.file('b.mp4')];
    },
  ],
  [
    'a link in its place',
    (bench) => {
      symlinkSync('a.mp4', bench.file('link'));
      return [bench.write('a.mp4', ''), bench.file('link')];
    },
  ],
  ['a file address', (bench) => [pathToFileURL(bench.write('a b.mp4', '')).href, bench.file('a b.mp4')]],
])('%s is refused', (_, paths) => {
  using bench = new Workbench();
  const [input, output] = paths(bench);
  expect(() => refuseOwnInput([input], [['--report', output]])).toThrow(
    expect.objectContaining({ code: 'ERR_USAGE', message: expect.stringContaining('--report') }),
  );
});

test('two names of one result that is not there yet are refused', () => {
  using bench = new Workbench();
  mkdirSync(bench.file('folder'));
  symlinkSync('folder', bench.file('short'));
  symlinkSync('folder/a.mp4', bench.file('latest'));
  const first = ['--output', bench.file('folder/a.mp4')] as const;
  for (const name of ['short/a.mp4', 'latest'])
    expect(() => refuseOwnInput([], [first, ['--report', bench.file(name)]])).toThrow(/--report/);
});

test('beside the inputs a result may stand', () => {
  using bench = new Workbench();
  bench.write('0001.png', '');
  const report = bench.write('report.json', '');
  refuseOwnInput(
    [bench.path, 'rtsp://h/x'],
    [
      ['--report', report],
      ['--output', bench.file('a.mp4')],
    ],
  );
});
