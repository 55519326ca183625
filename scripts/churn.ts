/**
 * Whether memory stays flat while things come and go: captures, cameras, sizes of pictures, connections, models, whole
 * pipelines. Each kind runs in a process of its own, and its resident memory is judged by the core's equivalence test.
 *
 * `npm run churn` runs all in full, `npm run churn -- captures 200` one of them with so many turns. Exit 1: not flat.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { assessFlatness, findMallocTrim, type MemoryPoint, ownResidentBytes } from '@plateau/memory';
import { churnKinds } from '../test/support/churn-kinds.ts';

/** Turns of the full run, and the growth a turn that counts as flat: a small part of what one forgotten thing would keep. */
const kinds: Readonly<Record<string, { readonly turns: number; readonly boundBytes: number }>> = {
  captures: { turns: 1000, boundBytes: 4096 },
  cameras: { turns: 200, boundBytes: 32_768 },
  resolutions: { turns: 200, boundBytes: 32_768 },
  reconnects: { turns: 500, boundBytes: 65_536 },
  models: { turns: 200, boundBytes: 65_536 },
  pipelines: { turns: 1000, boundBytes: 65_536 },
};
/** The equivalence test wants five samples for each of its twenty blocks, behind a fifth of warm-up. */
const samples = 200;

async function runOne(kind: string, turns: number): Promise<void> {
  const trim = await findMallocTrim();
  const points: MemoryPoint[] = [];
  const every = Math.max(1, Math.floor(turns / samples));
  const began = performance.now();
  await churnKinds[kind]({
    turns,
    onTurn: async (turn, collect) => {
      if (turn % every !== 0) return;
      await collect();
      trim?.();
      points.push({ frame: turn, bytes: ownResidentBytes() });
    },
  });
  const { boundBytes } = kinds[kind];
  const verdict = assessFlatness(points, { boundBytesPerFrame: boundBytes, warmUpFrames: turns / 5 });
  const seconds = (performance.now() - began) / 1000;
  const [low, high] = verdict.confidence95;
  const megabytes = (bytes: number | undefined): string => ((bytes ?? Number.NaN) / 1e6).toFixed(1);
  console.log(
    `| ${kind} | ${turns} | ${verdict.verdict} | ${(verdict.slopeBytesPerFrame / 1000).toFixed(1)} [${(low / 1000).toFixed(1)}, ${(high / 1000).toFixed(1)}] | ${boundBytes / 1024} | ${megabytes(points[0]?.bytes)}, ${megabytes(points[Math.floor(points.length / 5)]?.bytes)}, ${megabytes(points.at(-1)?.bytes)} | ${seconds.toFixed(0)} |`,
  );
  if (process.env.PLATEAU_CHURN_POINTS === '1')
    console.log(points.map(({ bytes }) => megabytes(bytes)).join(' '));
  if (verdict.verdict !== 'flat') process.exitCode = 1;
}

async function runAll(): Promise<void> {
  console.log(
    '| what | turns | verdict | KB a turn [95 %] | bound KiB | own RSS MB: first, warm, last | s |',
  );
  console.log('| --- | --- | --- | --- | --- | --- | --- |');
  for (const [kind, { turns }] of Object.entries(kinds)) {
    const child = spawn(
      process.execPath,
      [...process.execArgv, fileURLToPath(import.meta.url), kind, String(turns)],
      { stdio: 'inherit', env: { MALLOC_ARENA_MAX: '2', UV_THREADPOOL_SIZE: '32', ...process.env } },
    );
    const [code] = (await once(child, 'close')) as [number | null];
    if (code !== 0) process.exitCode = 1;
  }
}

const [kind, turns] = process.argv.slice(2);
if (kind === undefined) await runAll();
else if (kind in kinds) await runOne(kind, Number(turns ?? kinds[kind].turns));
else throw new TypeError(`there is no ${kind}; there are ${Object.keys(kinds).join(', ')}`);
