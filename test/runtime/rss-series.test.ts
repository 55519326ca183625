import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { RssSeries } from '../../src/runtime/rss-series.ts';

test('a million samples stay within the capacity, spread over the whole run', () => {
  const series = new RssSeries(() => 1e6, 256);
  for (let frame = 0; frame < 1e6; frame += 1) series.sample(frame);
  expect(series.samples.length).toBeLessThan(256);
  expect(series.samples[0].frame).toBe(0);
  expect(series.samples.at(-1)?.frame).toBeGreaterThan(9.8e5);
});

test('the slope of a steady growth is that growth', () => {
  let bytes = 5e8;
  const series = new RssSeries(() => bytes);
  for (let frame = 0; frame < 3000; frame += 1) {
    bytes += 1024;
    series.sample(frame);
  }
  expect(series.slopeBytesPerFrame).toBeCloseTo(1024, 3);
});

test('the peak is never below what the operating system saw', () => {
  const series = new RssSeries();
  const seen = series.sample(0);
  expect(series.peakBytes).toBeGreaterThanOrEqual(seen);
});

test.skipIf(process.platform !== 'linux')('the peak is not that of the program that started this one', () => {
  const large = Buffer.alloc(400e6, 1);
  const module = new URL('../../src/runtime/rss-series.ts', import.meta.url);
  const script = `import { RssSeries } from '${module}'; console.log(new RssSeries().peakBytes);`;
  const said = execFileSync(process.execPath, ['--conditions=source', '--input-type=module', '-e', script], {
    env: { ...process.env, NODE_OPTIONS: '' },
  });
  expect(large).toHaveLength(400e6);
  expect(Number(said)).toBeLessThan(300e6);
});
