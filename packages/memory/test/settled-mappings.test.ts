import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { settledMappings } from '../src/settled-mappings.ts';

const header = '7f0000000000-7f0000100000 r--p 00000000 fe:00 7                          /lib/one.so';
const text = '7f0000100000-7f0000900000 r-xp 00100000 fe:00 7                          /lib/one.so';
const constants = '7f0000900000-7f0000b00000 r--p 00900000 fe:00 7                          /lib/one.so';
const relocated = '7f0000b00000-7f0000c00000 r--p 00b00000 fe:00 7                          /lib/one.so';
const variables = '7f0000c00000-7f0000d00000 rw-p 00c00000 fe:00 7                          /lib/one.so';
const zeros = '7f0000d00000-7f0001000000 rw-p 00000000 00:00 0 ';

const starts = (...lines: readonly string[]): string[] =>
  settledMappings(lines.join('\n')).map(({ line }) => line);

test('of a library that is loaded all that is read-only ahead of its variables counts', () => {
  expect(starts(header, text, constants, relocated, variables, zeros)).toEqual([
    relocated,
    constants,
    text,
    header,
  ]);
});

test.each([
  ['whole and nothing over it', ['7f0000000000-7f0001000000 r--p 00000000 fe:00 7   /lib/one.so']],
  [
    'with its first segments over it',
    [header, text, '7f0000900000-7f0001000000 r--p 00900000 fe:00 7   /lib/one.so'],
  ],
])(
  'a library that is just being mapped, %s, is left alone: its variables are still to come there',
  (_, lines) => {
    expect(starts(...lines)).toEqual([]);
  },
);

test('where the variables are mapped and the zeros behind them not yet, the rest behind them is left alone', () => {
  const rest = '7f0000d00000-7f0001000000 r--p 00d00000 fe:00 7   /lib/one.so';
  expect(starts(header, text, variables.replace('7f0000c00000', '7f0000900000'), rest)).toEqual([
    text,
    header,
  ]);
});

test('a second copy that is being mapped below does not count by the variables of the first', () => {
  const second = '7e0000000000-7e0001000000 r--p 00000000 fe:00 7   /lib/one.so';
  expect(starts(second, header, text, constants, relocated, variables)).not.toContain(second);
});

test('a file in memory is no library, and shared mappings are not ours alone', () => {
  expect(
    starts(
      '7f0000000000-7f0000100000 r--p 00000000 fe:00 9   /usr/lib/locale/C.utf8/LC_CTYPE',
      text.replace('r-xp', 'r-xs'),
      constants.replace('r--p', 'rw-s'),
    ),
  ).toEqual([]);
});

test.runIf(process.platform === 'linux')(
  'this process has settled mappings, Node’s own program text among them',
  () => {
    const mappings = settledMappings(readFileSync('/proc/self/maps', 'utf8'));
    expect(mappings.some(({ line }) => line.includes(' r-xp ') && line.endsWith(process.execPath))).toBe(
      true,
    );
  },
);
