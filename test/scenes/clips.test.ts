import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { because, skipFor, whatIsAbsent } from '../support/absent.ts';

const folder = mkdtempSync(join(tmpdir(), 'plateau-clips-'));
afterAll(() => rmSync(folder, { recursive: true }));

interface Truth {
  readonly coverage: readonly (readonly [number, number])[];
  readonly zone: { readonly points: readonly (readonly [number, number])[] };
}

function render(name: string): Truth {
  const script = new URL('../../scenes/clips.ts', import.meta.url).pathname;
  const size = ['--width', '96', '--height', '72', '--fps', '2', '--seconds', '2'];
  const run = spawnSync(process.execPath, [script, '--out', folder, '--only', name, ...size], {
    encoding: 'utf8',
  });
  expect(run.stderr).toBe('');
  return JSON.parse(readFileSync(join(folder, `${name}.json`), 'utf8')) as Truth;
}

const noFfmpeg = whatIsAbsent(['ffmpeg']);

describe.skipIf(skipFor(noFfmpeg))(`rendered clips${because(noFfmpeg)}`, () => {
  test('have a zone within the picture and a coverage for each frame', { timeout: 60_000 }, () => {
    const truth = render('belt-busy-coal');
    expect(truth.coverage.map(([t]) => t)).toEqual([0, 0.5, 1, 1.5]);
    for (const point of truth.zone.points) {
      for (const value of point) {
        expect(value).toBeGreaterThan(0);
        expect(value).toBeLessThan(1);
      }
    }
    expect(existsSync(join(folder, 'belt-busy-coal.mp4'))).toBe(true);
    expect(existsSync(join(folder, 'belt-busy-coal.masks', '0003.png'))).toBe(true);
  });

  test('of an empty belt have no coverage', { timeout: 60_000 }, () => {
    expect(render('belt-empty-worn').coverage.every(([, share]) => share === 0)).toBe(true);
  });
});

const noBrowser = whatIsAbsent(['ffmpeg', 'chromium']);

describe.skipIf(skipFor(noBrowser))(`clips of the second renderer${because(noBrowser)}`, () => {
  test('show lumps and their mask', { timeout: 300_000 }, () => {
    const truth = render('three-busy');
    expect(truth.coverage.every(([, share]) => share > 0.05 && share < 0.95)).toBe(true);
  });
});
