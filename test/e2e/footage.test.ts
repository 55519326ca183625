/** Real footage, and damaged real footage, of Debian's packages: nothing is known of it but that it must go through. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { because, skipFor, whatIsAbsent } from '../support/absent.ts';
import { coverages, knownAnswer, times } from '../support/analyze-program.ts';
import { probe, Workbench } from '../support/ffmpeg-program.ts';
import { plateau } from '../support/plateau-program.ts';
import { analysisReports } from '../support/report-schema.ts';

const folder = '/usr/share/doc/opencv-doc/examples/data';
const names = ['vtest.avi', 'Megamind.avi', 'Megamind_bugy.avi', 'tree.avi'];
const absent =
  whatIsAbsent(['ffprobe']) ??
  (existsSync(join(folder, names[0])) ? undefined : 'needs real footage: apt-get install opencv-doc');

describe.skipIf(skipFor(absent))(`real footage${because(absent)}`, () => {
  test('goes through in one call, damaged or not', { timeout: 120_000 }, async () => {
    const files = names.map((name) => join(folder, name));
    const run = await plateau(['analyze', ...files, '--json', '--stride', '5', '--model', knownAnswer], {
      timeoutSeconds: 110,
    });
    expect([run.code, run.stderr]).toEqual([0, '']);
    const { reports } = analysisReports.parse(JSON.parse(run.stdout));
    expect(reports.map(({ source }) => source)).toEqual(files);
    for (const report of reports) {
      const shown = times(report);
      expect(report.frames.inferred).toBeGreaterThan(10);
      expect(shown.toSorted((a, b) => a - b)).toEqual(shown);
      expect(new Set(shown).size).toBe(shown.length);
      expect(coverages(report).filter((value) => value === null).length).toBeLessThan(shown.length / 2);
      expect(report.truncatedAt).toBeNull();
    }
    expect(reports[0].frames.decoded).toBe(probe(files[0]).times.length);
    expect(reports[0].memory.liveResources).toBe(0);
  });

  test('becomes a video that plays', { timeout: 60_000 }, async () => {
    using bench = new Workbench();
    const output = bench.file('annotated.mp4');
    const run = await plateau([
      'analyze',
      join(folder, 'Megamind_bugy.avi'),
      '--stride',
      '10',
      '--model',
      knownAnswer,
      '--output',
      output,
    ]);
    expect([run.code, run.stderr]).toEqual([0, '']);
    const { complaints, times: written } = probe(output);
    expect(complaints).toBe('');
    expect(written.length).toBeGreaterThan(20);
  });
});
