/** Reports and other results on their way to disk. */
import { execFileSync } from 'node:child_process';
import { lstatSync, mkdirSync, readdirSync, readFileSync, symlinkSync } from 'node:fs';
import { expect, test } from 'vitest';
import { refuseUnwritable, writeReport } from '../../src/cli/write-report.ts';
import { Workbench } from '../support/ffmpeg-program.ts';
import { repository } from '../support/plateau-program.ts';

test("a report takes nobody's file for its own while it grows", () => {
  using bench = new Workbench();
  const neighbour = bench.write('report.json.partial', 'of somebody else');
  writeReport(bench.file('report.json'), { a: 1 });
  expect(readFileSync(neighbour, 'utf8')).toBe('of somebody else');
  expect(readdirSync(bench.path).sort()).toEqual(['report.json', 'report.json.partial']);
});

test('a report to a link is written to what it names', () => {
  using bench = new Workbench();
  const target = bench.write('monday.json', 'older');
  symlinkSync('monday.json', bench.file('latest.json'));
  writeReport(bench.file('latest.json'), { a: 1 });
  expect(lstatSync(bench.file('latest.json')).isSymbolicLink()).toBe(true);
  expect(JSON.parse(readFileSync(target, 'utf8'))).toEqual({ a: 1 });
});

test('a report to /dev/stdout follows what was printed, also where that goes to a file', () => {
  using bench = new Workbench();
  const script = `import { writeReport } from './src/cli/write-report.ts';
    process.stdout.write('printed\\n');
    writeReport('/dev/stdout', { a: 1 });`;
  const command = `"$0" --conditions=source --input-type=module-typescript -e "$1" > "$2"`;
  execFileSync('sh', ['-c', command, process.execPath, script, bench.file('out')], { cwd: repository });
  expect(readFileSync(bench.file('out'), 'utf8')).toBe('printed\n{\n "a": 1\n}\n');
});

test.each([
  ['a folder', (bench: Workbench) => bench.path, /it is a folder/],
  ['a folder that is not there', (bench: Workbench) => bench.file('no/a.json'), /no such folder/],
  ['below a file', (bench: Workbench) => `${bench.write('file', '')}/a.json`, /folder is a file/],
  [
    'a link to a folder',
    (bench: Workbench) => {
      mkdirSync(bench.file('folder'));
      symlinkSync('folder', bench.file('link'));
      return bench.file('link');
    },
    /it is a folder/,
  ],
  [
    'links in a circle',
    (bench: Workbench) => {
      symlinkSync('b', bench.file('a'));
      symlinkSync('a', bench.file('b'));
      return bench.file('a');
    },
    /circle/,
  ],
])('%s is refused ahead of the work', (_, path, why) => {
  using bench = new Workbench();
  expect(() => refuseUnwritable(path(bench))).toThrow(
    expect.objectContaining({ code: 'ERR_OUTPUT_UNWRITABLE', message: expect.stringMatching(why) }),
  );
});
