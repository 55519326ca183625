import { PassThrough } from 'node:stream';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ProgressLine } from '../../src/cli/progress-line.ts';

class Terminal {
  readonly stream: NodeJS.WriteStream;
  now = 5000;
  readonly #wire = new PassThrough({ encoding: 'utf8' });

  constructor(isTTY = true, columns: number | undefined = 120) {
    this.stream = Object.assign(this.#wire, { isTTY, columns }) as unknown as NodeJS.WriteStream;
  }

  open(): ProgressLine {
    return new ProgressLine(this.stream, () => this.now);
  }

  /** What was written since the last look. */
  get written(): string {
    return this.#wire.read() ?? '';
  }
}

/** The line after so many seconds, without the sign that rewrites it. */
function lineOf(seconds: number, done: number, fraction: number | undefined, columns?: number): string {
  const terminal = new Terminal(true, columns);
  using line = terminal.open();
  terminal.now += seconds * 1000;
  line.update('belt.mp4', done, fraction);
  return terminal.written.replace('\r\u001b[2K', '');
}

test('the line shows a bar, the share, the rate, and the time that remains', () => {
  expect(lineOf(10, 250, 0.25)).toBe('belt.mp4 ██████░░░░░░░░░░░░░░░░░░ 25 %, 25 pictures/s, 30 s left');
  expect(lineOf(60, 60, 0.25)).toMatch(/ 1 pictures\/s, 3 min 0 s left$/);
  expect(lineOf(10, 250, 1)).toMatch(/^belt\.mp4 █{24} 100 %, 25 pictures\/s, 0 s left$/);
});

test('at the very start the time that remains is not guessed', () => {
  expect(lineOf(1, 5, 0.01)).toMatch(/░{24} 1 %, 5 pictures\/s, estimating$/);
  expect(lineOf(1, 5, 0.02)).toMatch(/, 49 s left$/);
});

test('where the whole is unknown there is neither bar nor time', () => {
  expect(lineOf(2, 50, undefined)).toBe('belt.mp4 50 pictures, 25 pictures/s');
});

test('whatever is done, a line fits its terminal and its bar has 24 places', () => {
  const share = fc.double({ min: -0.5, max: 1.5, noNaN: true });
  fc.assert(
    fc.property(fc.nat(100_000), fc.nat(1e7), share, fc.integer({ min: 2, max: 200 }), (...given) => {
      const [seconds, done, fraction, columns] = given;
      const line = lineOf(seconds, done, fraction, columns);
      const whole = lineOf(seconds, done, fraction, 1000);
      expect(line).toBe(whole.slice(0, columns - 1));
      expect(/ ([█░]*) /.exec(whole)?.[1]).toHaveLength(24);
      if (seconds > 0 && fraction >= 1) expect(whole).toMatch(/, 0 s left$/);
      expect(whole).not.toMatch(/NaN|Infinity|: -| -\d+ (?:s|min)/);
    }),
  );
});

test('a line is written anew at most every tenth of a second', () => {
  const terminal = new Terminal();
  using line = terminal.open();
  line.update('belt.mp4', 0, 0);
  expect(terminal.written.startsWith('\r\u001b[2Kbelt.mp4')).toBe(true);
  terminal.now += 99;
  line.update('belt.mp4', 1, 0.1);
  expect(terminal.written).toBe('');
  terminal.now += 1;
  line.update('belt.mp4', 2, 0.2);
  expect(terminal.written).toContain('20 %');
});

test('at the end the line is taken away, once, and only where one was shown', () => {
  const terminal = new Terminal();
  const line = terminal.open();
  line[Symbol.dispose]();
  expect(terminal.written).toBe('');
  line.update('belt.mp4', 0, 0);
  expect(terminal.written).not.toBe('');
  line[Symbol.dispose]();
  expect(terminal.written).toBe('\r\u001b[2K');
  line[Symbol.dispose]();
  expect(terminal.written).toBe('');
});

test('piped, nothing is written at all', () => {
  const terminal = new Terminal(false);
  const line = terminal.open();
  line.update('belt.mp4', 0, 0.5);
  line[Symbol.dispose]();
  expect(terminal.written).toBe('');
});
