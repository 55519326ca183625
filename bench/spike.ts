/**
 * What a spike leaves behind: a model of open size at 320², 1080p and 320² again, and resident memory two seconds after it
 * went idle, as shipped and with what is the default elsewhere. `node --conditions=source bench/spike.ts [MODEL.onnx]`; the
 * model has open axes, by default a known answer whose prototypes are as large as its input.
 */
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { KnownAnswerFolder } from '../test/support/known-answer-files.ts';
import { megabytes } from './harness/table.ts';

const script = fileURLToPath(new URL('../test/support/spike-run.ts', import.meta.url));
const variants: readonly (readonly [string, 'shipped' | 'plain', Record<string, string>])[] = [
  ['as shipped', 'shipped', { MALLOC_ARENA_MAX: '2' }],
  ["the runtime's arena, nothing given back", 'plain', { MALLOC_ARENA_MAX: '2' }],
  ["the same with malloc's default arenas", 'plain', {}],
  ["as shipped, but malloc's default arenas", 'shipped', {}],
];

using models = new KnownAnswerFolder();
const model =
  process.argv[2] ?? models.write({ dynamic: true, stride: 1, height: 320, width: 320, maskChannels: 32 });
console.log('| settings | baseline MB | highest seen MB | 2 s after idle MB | over baseline |');
console.log('| --- | --- | --- | --- | --- |');
for (const [name, settings, environment] of variants) {
  const { MALLOC_ARENA_MAX: _, ...rest } = process.env;
  const said = execFileSync(process.execPath, ['--conditions=source', script, model, settings], {
    env: { ...rest, ...environment },
  });
  const { baselineBytes, peakBytes, afterBytes } = JSON.parse(String(said)) as Record<string, number>;
  console.log(
    `| ${name} | ${megabytes(baselineBytes)} | ${megabytes(peakBytes)} | ${megabytes(afterBytes)} | ${((afterBytes / baselineBytes - 1) * 100).toFixed(0)} % |`,
  );
}
