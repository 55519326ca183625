/**
 * Runs both ways of a practice, each in a process of its own, and prints what each cost in memory.
 *
 *     node --conditions=source examples/practices/2c-in-place.ts          a table
 *     node --conditions=source examples/practices/2c-in-place.ts --json   the same for programs
 */
import { spawnSync } from 'node:child_process';
import { realpathSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type CallProfile, ledger, profile } from '@plateau/memory';

/** In which column the difference shows. */
export type Measure =
  | 'peak RSS growth'
  | 'buffers kept'
  | 'heap kept'
  | 'collections'
  | 'full collections'
  | 'RSS kept'
  | 'live resources'
  | 'copies'
  | 'counts lost';

/** What one way of doing it cost. */
export type WayFigures = Readonly<Partial<Record<Measure | 'seconds', number>>>;

/** What a way hands back: things that it keeps, and figures that only it knows. */
export interface WayResult {
  readonly keeps?: unknown;
  readonly figures?: Partial<Record<Measure, number>>;
}

type Way = () => WayResult | undefined | Promise<WayResult | undefined>;

export interface Practice {
  /** In the document: `2c`. */
  readonly section: string;
  readonly title: string;
  readonly seenIn: Measure;
  readonly wrong: Way;
  readonly right: Way;
}

export interface Comparison extends Omit<Practice, 'wrong' | 'right'> {
  readonly wrong: WayFigures;
  readonly right: WayFigures;
}

const wayVariable = 'PLATEAU_PRACTICE_WAY';

/** To be called at the end of an example with its own `import.meta.url`. Does nothing where it was only imported. */
export async function compare(url: string, practice: Practice): Promise<void> {
  const path = fileURLToPath(url);
  if (process.argv[1] === undefined || realpathSync(process.argv[1]) !== path) return;
  const way = process.env[wayVariable];
  if (way === 'wrong' || way === 'right') {
    console.log(JSON.stringify(await measure(practice[way])));
    return;
  }
  const { section, title, seenIn } = practice;
  const comparison: Comparison = {
    section,
    title,
    seenIn,
    wrong: runWay(path, 'wrong'),
    right: runWay(path, 'right'),
  };
  console.log(process.argv.includes('--json') ? JSON.stringify(comparison) : render(comparison));
}

async function measure(way: Way): Promise<WayFigures> {
  const { result, profile: found } = await profile(way, 'way');
  return { ...figuresOf(found), 'live resources': ledger.liveCount, ...result?.figures };
}

function figuresOf(found: CallProfile): WayFigures {
  return {
    'peak RSS growth': found.peakRssBytes - found.rssBeforeBytes,
    'RSS kept': found.rssAfterBytes - found.rssBeforeBytes,
    'buffers kept': found.retainedBufferBytes,
    'heap kept': found.retainedHeapBytes,
    collections: found.collections,
    'full collections': found.fullCollections,
    seconds: found.seconds,
  };
}

function runWay(path: string, way: 'wrong' | 'right'): WayFigures {
  const { stdout, stderr, status } = spawnSync(process.execPath, [...process.execArgv, path], {
    encoding: 'utf8',
    env: { ...process.env, [wayVariable]: way },
  });
  if (status !== 0) throw new Error(`the ${way} way of ${path} failed: ${stderr}`);
  return JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as WayFigures;
}

function render({ section, title, seenIn, wrong, right }: Comparison): string {
  const names = Object.keys(wrong) as (Measure | 'seconds')[];
  const rows = names.map((name) => {
    const [bad, good] = [wrong[name], right[name]].map((value) => format(name, value));
    return `${name === seenIn ? '→' : ' '} ${name.padEnd(16)} ${(bad ?? '').padStart(12)} ${(good ?? '').padStart(12)}`;
  });
  const head = `  ${''.padEnd(16)} ${'❌'.padStart(11)} ${'✅'.padStart(11)}`;
  return [`${section}  ${title}`, head, ...rows].join('\n');
}

const counted: readonly string[] = [
  'collections',
  'full collections',
  'live resources',
  'copies',
  'counts lost',
];

function format(name: string, value: number | undefined): string {
  if (value === undefined) return '';
  if (name === 'seconds') return `${value.toFixed(2)} s`;
  return counted.includes(name) ? String(value) : `${(value / 1e6).toFixed(1)} MB`;
}
