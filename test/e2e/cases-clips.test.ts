/** Clips on which others fail: damage, times, orientation, size, pixel formats. Numbers are those of the table. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { because, skipFor, whatIsAbsent } from '../support/absent.ts';
import { type Analysis, analyze, coverages, meanCoverage, times } from '../support/analyze-program.ts';
import { type CaseRow, runCase } from '../support/case-row.ts';
import { greyPicture, halfSource, probe, Workbench } from '../support/ffmpeg-program.ts';
import { plateau } from '../support/plateau-program.ts';
import { expectWithin } from '../support/within.ts';

const x264 = ['-c:v', 'libx264', '-preset', 'ultrafast', '-pix_fmt', 'yuv420p'] as const;
const halves = [
  '--zone',
  'whole=0,0 1,0 1,1 0,1',
  '--zone',
  'left=0,0 .5,0 .5,1 0,1',
  '--zone',
  'right=.5,0 1,0 1,1 .5,1',
];

const lavfi = (bench: Workbench, source: string, name: string, ...encode: readonly string[]): string =>
  bench.ffmpeg('-f', 'lavfi', '-i', source, ...(encode.length > 0 ? encode : x264), name);
const base = (bench: Workbench): string =>
  lavfi(bench, 'testsrc2=s=320x240:r=10:d=6', 'base.mp4', ...x264, '-g', '10');
const half = (bench: Workbench): string => lavfi(bench, halfSource(), 'half.mp4');

/** Every decided picture shows a black left half and a white right half. */
function isHalf({ report }: Analysis, tolerance = 0.01): void {
  for (const [zone, right] of [
    ['whole', 0.5],
    ['left', 0],
    ['right', 1],
  ] as const) {
    for (const value of coverages(report, zone)) expectWithin(value, right, tolerance, zone);
  }
}

function ascending(values: readonly number[]): void {
  for (const [index, value] of values.entries())
    if (index > 0) expect(value).toBeGreaterThan(values[index - 1]);
}

const rows: readonly CaseRow[] = [
  {
    title: 'C08 damaged packets cost pictures and not the stream',
    make: (bench) => {
      lavfi(
        bench,
        'testsrc2=s=320x240:r=10:d=10',
        'gop.ts',
        '-c:v',
        'libx264',
        '-g',
        '50',
        '-bf',
        '2',
        '-f',
        'mpegts',
      );
      const bytes = readFileSync(bench.ffmpeg('-i', 'gop.ts', '-c', 'copy', 'gop.h264'));
      for (let place = 8000; place < bytes.length; place += 900) bytes[place] ^= 0xff;
      return bench.write('damaged.h264', bytes);
    },
    right: ({ run, report }) => {
      expect(run.code).toBe(0);
      expect(run.stderr.split('\n').length).toBeLessThanOrEqual(2);
      expect(report.frames.decoded).toBeGreaterThanOrEqual(95);
      expect(report.frames.damaged).toBeGreaterThan(0);
      expect(report.warnings.filter((warning) => /were lost or patched/.test(warning))).toHaveLength(1);
    },
  },
  {
    title: "C09 times of a variable frame rate are the file's own, and delays are seconds of them",
    make: (bench) =>
      lavfi(
        bench,
        `color=black:s=320x240:r=10:d=6,drawbox=enable='gte(t,2.95)':color=white:t=fill,select='if(lt(t,3),1,not(mod(n,5)))'`,
        'vfr.mp4',
        '-fps_mode',
        'vfr',
        ...x264,
      ),
    args: ['--smooth', '0', '--on-delay', '2.5'],
    right: ({ report }, bench) => {
      const found = times(report);
      const right = probe(bench.file('vfr.mp4')).times;
      expect(found).toHaveLength(36);
      for (const [index, t] of found.entries()) expectWithin(t, right[index], 0.001);
      expectWithin(found.at(-1), 5.5, 0.001);
      expect(report.zones[0].events).toMatchObject([{ type: 'blocked', t: 5.5 }]);
    },
  },
  ...[90, 180, 270].map(
    (degrees): CaseRow => ({
      title: `C10 a clip turned by ${degrees} degrees is measured as players show it`,
      make: (bench) => {
        half(bench);
        return bench.ffmpeg(
          '-i',
          'half.mp4',
          '-metadata:s:v:0',
          `rotate=${degrees}`,
          '-c',
          'copy',
          'turned.mp4',
        );
      },
      args: (bench) => [
        ...['--zone', 'corner=0,0 .6,0 .6,.3 0,.3', '--zone', 'band=0,.4 1,.4 1,.9 0,.9', '--stride', '20'],
        ...['--output', bench.file('annotated.mp4')],
      ],
      right: async ({ report }, bench) => {
        const upright = bench.ffmpeg('-i', 'turned.mp4', ...x264, 'up.mp4');
        const { width, height } = probe(upright);
        expect([width, height]).toEqual(degrees === 180 ? [640, 360] : [360, 640]);
        const { report: right } = await analyze(upright, [
          '--zone',
          'corner=0,0 .6,0 .6,.3 0,.3',
          '--zone',
          'band=0,.4 1,.4 1,.9 0,.9',
          '--stride',
          '20',
        ]);
        for (const zone of ['corner', 'band'])
          expectWithin(meanCoverage(report, zone), meanCoverage(right, zone), 0.01);
        const shown = greyPicture(bench.file('annotated.mp4'), 0);
        const expected = greyPicture(upright, 0);
        expect([shown.width, shown.height]).toEqual([width, height]);
        // The tint and the lines change a picture, but a turned one has its bright half elsewhere.
        expect(likeness(shown.grey, expected.grey)).toBeGreaterThan(0.9);
      },
    }),
  ),
  {
    title: 'C11 a change of size in mid-stream keeps zones in their place',
    make: (bench) => {
      const ts = ['-f', 'mpegts'];
      lavfi(bench, halfSource({ width: 320, height: 240, seconds: 3 }), 'a.ts', ...x264, ...ts);
      lavfi(
        bench,
        halfSource({ width: 640, height: 480, seconds: 3 }),
        'b.ts',
        ...x264,
        '-output_ts_offset',
        '3',
        ...ts,
      );
      return bench.write(
        'change.ts',
        Buffer.concat([readFileSync(bench.file('a.ts')), readFileSync(bench.file('b.ts'))]),
      );
    },
    args: [...halves, '--zone', 'pixels=160,0 320,0 320,240 160,240'],
    right: (analysis) => {
      isHalf(analysis, 0.02);
      expect(analysis.report.frames.decoded).toBe(60);
      for (const value of coverages(analysis.report, 'pixels')) expectWithin(value, 1, 0.02);
      ascending(times(analysis.report));
      expect(analysis.report.warnings.join(' ')).toMatch(/pixels.*drawn on 320x240.*640x480|form changed/);
    },
  },
  {
    title: 'C12 a time counter that wraps gives ascending times from 0 and says where they began',
    make: (bench) =>
      lavfi(
        bench,
        'testsrc2=s=320x240:r=10:d=10',
        'wrap.ts',
        ...x264,
        '-output_ts_offset',
        '95440',
        '-f',
        'mpegts',
      ),
    right: ({ report }) => {
      const found = times(report);
      ascending(found);
      expect(found.length).toBe(100);
      expect(found[0]).toBeGreaterThanOrEqual(0);
      expectWithin(found.at(-1)! - found[0], 9.9, 0.002);
      expect(report.warnings.join(' ')).toMatch(/moved by -?2\.\d+ s/);
    },
  },
  {
    title: 'C15 raw H.264 without times steps by its own frame rate',
    make: (bench) => {
      base(bench);
      return bench.ffmpeg('-i', 'base.mp4', '-c', 'copy', '-bsf:v', 'h264_mp4toannexb', 'raw.h264');
    },
    right: ({ report }) => stepsByTenths(report),
  },
  {
    title: 'C15 an AVI with B-frames and no presentation times steps by its frame rate',
    make: (bench) =>
      lavfi(bench, 'testsrc2=s=320x240:r=10:d=6', 'bf.avi', '-c:v', 'libx264', '-bf', '2', '-f', 'avi'),
    right: ({ report }) => stepsByTenths(report),
  },
  {
    title: 'C16 an edit list hides its pre-roll',
    make: (bench) => {
      base(bench);
      return bench.ffmpeg('-ss', '1.35', '-i', 'base.mp4', '-c', 'copy', 'elst.mp4');
    },
    right: ({ report }, bench) => {
      expect(report.frames.decoded).toBe(probe(bench.file('elst.mp4')).times.length);
      expect(report.frames.decoded).toBe(46);
      expectWithin(times(report)[0], 0, 0.06);
    },
  },
  {
    title: 'C16 pictures that begin after the sound begin at their own time',
    make: (bench) => {
      base(bench);
      return bench.ffmpeg(
        ...['-f', 'lavfi', '-i', 'sine=d=6', '-itsoffset', '2', '-i', 'base.mp4', '-map', '0', '-map', '1'],
        ...['-c:v', 'copy', '-c:a', 'aac', 'late.mp4'],
      );
    },
    right: ({ report }) => {
      expectWithin(times(report)[0], 2, 0.001);
      expect(report.frames.decoded).toBe(60);
    },
  },
  ...(
    [
      [
        '10 bit',
        [
          '-c:v',
          'libx265',
          '-preset',
          'ultrafast',
          '-x265-params',
          'log-level=error',
          '-pix_fmt',
          'yuv420p10le',
        ],
      ],
      ['4:2:2', ['-c:v', 'libx264', '-preset', 'ultrafast', '-pix_fmt', 'yuv422p']],
      ['full range', ['-c:v', 'libx264', '-preset', 'ultrafast', '-pix_fmt', 'yuvj420p']],
      ['grey', ['-c:v', 'libx264', '-preset', 'ultrafast', '-pix_fmt', 'gray']],
    ] as const
  ).map(
    ([name, encode]): CaseRow => ({
      title: `C17 samples of another form (${name}) are measured as the 8-bit clip is`,
      make: (bench) => lavfi(bench, halfSource({ seconds: 2 }), 'form.mp4', ...encode),
      args: halves,
      right: (analysis) => isHalf(analysis),
    }),
  ),
  {
    title: 'C18 an odd size is measured right and written with one pixel of padding',
    make: (bench) =>
      lavfi(
        bench,
        `${halfSource({ seconds: 2 })},scale=321:241:flags=neighbor,format=yuv444p`,
        'odd.mp4',
        '-c:v',
        'libx264',
        '-pix_fmt',
        'yuv444p',
      ),
    args: (bench) => [...halves, '--output', bench.file('annotated.mp4')],
    right: (analysis, bench) => {
      isHalf(analysis, 0.02);
      const { width, height, complaints, times: written } = probe(bench.file('annotated.mp4'));
      expect([width, height, complaints]).toEqual([322, 242, '']);
      expect(written).toHaveLength(20);
      expect(analysis.report.warnings.join(' ')).toMatch(/padded by 1 pixel to the right and 1 below/);
    },
  },
  {
    title: 'C18 a strip of 4096x16 is measured right',
    make: (bench) => lavfi(bench, halfSource({ width: 4096, height: 16, seconds: 1 }), 'strip.mp4'),
    args: halves,
    right: (analysis) => isHalf(analysis, 0.02),
  },
];

function stepsByTenths(report: Analysis['report']): void {
  const found = times(report);
  expect(found).toHaveLength(60);
  for (const [index, t] of found.entries()) expectWithin(t, found[0] + index / 10, 0.001);
  expectWithin(found[0], 0, 0.21);
}

/** Correlation of two pictures, -1..1. */
function likeness(a: Uint8Array, b: Uint8Array): number {
  const mean = (of: Uint8Array): number => of.reduce((sum, value) => sum + value, 0) / of.length;
  const [meanA, meanB] = [mean(a), mean(b)];
  let [together, alone, other] = [0, 0, 0];
  for (let i = 0; i < a.length; i += 1) {
    together += (a[i] - meanA) * (b[i] - meanB);
    alone += (a[i] - meanA) ** 2;
    other += (b[i] - meanB) ** 2;
  }
  return together / Math.sqrt(alone * other);
}

const absent = whatIsAbsent(['ffmpeg', 'ffprobe']);

describe.skipIf(skipFor(absent))(`clips on which others fail${because(absent)}`, () => {
  test.each(rows)('$title', runCase);

  test('C17 a form that FFmpeg does not know ends with exit 3 and its name', async () => {
    using bench = new Workbench();
    const clip = lavfi(bench, halfSource({ seconds: 1 }), 'known.mp4');
    const bytes = Buffer.from(readFileSync(clip).toString('latin1').replaceAll('avc1', 'zz9z'), 'latin1');
    const unknown = bench.write('unknown.mp4', bytes);
    const { code, stdout, stderr } = await plateau(['analyze', unknown]);
    expect([code, stdout]).toEqual([3, '']);
    expect(stderr).toMatch(/^plateau: .*"zz9z" cannot be decoded here: convert the video to H.264\n$/);
  });

  test('C18 a picture of 1x1 ends with exit 3 and one sentence', async () => {
    using bench = new Workbench();
    const dot = lavfi(
      bench,
      'color=white:s=1x1:r=10:d=1,format=yuv444p',
      'dot.mkv',
      '-c:v',
      'ffv1',
      '-pix_fmt',
      'yuv444p',
    );
    const { code, stdout, stderr } = await plateau(['analyze', dot]);
    expect([code, stdout]).toEqual([3, '']);
    expect(stderr).toMatch(/^plateau: .*1x1.*\n$/);
  });
});
