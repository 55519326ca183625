/** Changed recordings and models through the whole command: each call must end, with an exit code of the contract. */
import { spawn } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ClipFolder } from './clips.ts';
import { mutate, type Original, originals, randomNumbers } from './clips-mutate.ts';
import { knownAnswerModel } from './known-answer-model.ts';

const program = fileURLToPath(new URL('../../src/cli/plateau.ts', import.meta.url));
const smallModel = fileURLToPath(new URL('../../models/known-answer-64.onnx', import.meta.url));

/** A file that takes longer hangs, on however busy a machine. */
const secondsPerFile = 120;
/** What one call may come to; more is a file that made us take what it only claims to need. */
const mostResidentBytes = 900e6;

export interface AnalyzeFuzzOutcome {
  files: number;
  calls: number;
  /** How often each exit code came. */
  codes: Record<string, number>;
  /** Sentences on standard error by what they say first, file names left out. */
  refused: Record<string, number>;
  slowestCallSeconds: number;
  peakRssBytes: number;
  /** Median RSS of the second and of the last quarter of the longest call. */
  rssBytes: readonly [second: number, last: number];
  /** What the contract does not know: a signal, a 70, a time that ran out, a sentence that is none. */
  defects: string[];
}

interface Call {
  readonly code: number | string;
  readonly stderr: string;
  readonly seconds: number;
  readonly rss: readonly number[];
}

export function emptyOutcome(): AnalyzeFuzzOutcome {
  return {
    files: 0,
    calls: 0,
    codes: {},
    refused: {},
    slowestCallSeconds: 0,
    peakRssBytes: 0,
    rssBytes: [0, 0],
    defects: [],
  };
}

/** Recordings in calls of `together` files; a call that ends wrongly is repeated file by file, so that the culprit is named. */
export async function fuzzRecordings(
  outcome: AnalyzeFuzzOutcome,
  { count, together, seed, keep }: { count: number; together: number; seed: number; keep?: string },
): Promise<void> {
  using clips = new ClipFolder();
  const small = {
    source: 'testsrc2=s=64x48:r=10:d=1',
    encoderOptions: { g: '5', bf: '2', preset: 'medium' },
  };
  const seeds = originals([
    clips.make('a.ts', small),
    clips.make('a.mp4', small),
    clips.make('front.mp4', { ...small, formatOptions: { movflags: 'faststart' }, rotation: 90 }),
    clips.make('mpeg2.ts', { source: small.source, encoder: 'mpeg2video' }),
    clips.make('sound.mp4', { ...small, toneSeconds: 1 }),
  ]);
  const random = randomNumbers(seed);
  for (let done = 0; done < count; done += together) {
    const paths = Array.from({ length: Math.min(together, count - done) }, (_, index) => {
      const { bytes, ending } = seeds[(done + index) % seeds.length] as Original;
      const path = clips.file(`fuzz-${seed}-${done + index}${ending}`);
      writeFileSync(path, mutate(bytes, random));
      return path;
    });
    const report = clips.file('report.json');
    const args = [...paths, '--model', smallModel, '--report', report];
    const call = await analyze(args, secondsPerFile + 3 * paths.length);
    const wrong = [
      ...judge(outcome, call, basename(paths[0] ?? '')),
      ...lostFiles(call, report, paths.length),
    ];
    outcome.files += paths.length;
    rmSync(report, { force: true });
    if (wrong.length > 0) outcome.defects.push(...wrong, ...(await culprits(paths, keep)));
    for (const path of paths) rmSync(path);
  }
}

/** Small models of each kind, to be damaged. */
export function seedModels(): Uint8Array[] {
  return [{}, { classes: 3 }, { layout: 'rows' as const }, { quantisedStep: 0.1 }, { dynamic: true }].map(
    (options) => knownAnswerModel({ height: 64, width: 64, ...options }).model,
  );
}

/** Models, one in each call, on one good recording. */
export async function fuzzModels(
  outcome: AnalyzeFuzzOutcome,
  { count, seed, keep }: { count: number; seed: number; keep?: string },
): Promise<void> {
  using clips = new ClipFolder();
  const recording = clips.make('a.mp4', { source: 'testsrc2=s=64x48:r=10:d=0.3' });
  const seeds = seedModels();
  const random = randomNumbers(seed);
  for (let index = 0; index < count; index += 1) {
    const path = clips.file(`fuzz-${seed}-${index}.onnx`);
    const bytes = mutate(seeds[index % seeds.length] as Uint8Array, random);
    writeFileSync(path, bytes);
    const call = await analyze([recording, '--model', path], secondsPerFile);
    const wrong = judge(outcome, call, basename(path));
    outcome.files += 1;
    outcome.defects.push(...wrong);
    if (wrong.length > 0 && keep !== undefined) writeFileSync(`${keep}/${basename(path)}`, bytes);
    rmSync(path);
  }
}

async function culprits(paths: readonly string[], keep: string | undefined): Promise<string[]> {
  const found: string[] = [];
  for (const path of paths) {
    const wrong = judge(emptyOutcome(), await analyze([path, '--model', smallModel], secondsPerFile), path);
    found.push(...wrong);
    if (wrong.length > 0 && keep !== undefined)
      writeFileSync(`${keep}/${basename(path)}`, readFileSync(path));
  }
  return found;
}

/** Adds a call to the outcome. @returns What of it the contract does not know. */
function judge(outcome: AnalyzeFuzzOutcome, call: Call, name: string): string[] {
  const { code, stderr, seconds, rss } = call;
  outcome.calls += 1;
  outcome.codes[code] = (outcome.codes[code] ?? 0) + 1;
  outcome.slowestCallSeconds = Math.max(outcome.slowestCallSeconds, seconds);
  outcome.peakRssBytes = Math.max(outcome.peakRssBytes, ...rss);
  if (rss.length > 8) outcome.rssBytes = [quarter(rss, 1), quarter(rss, 3)];
  const sentences = stderr.split('\n').filter((line) => line !== '');
  for (const sentence of sentences) {
    const kind = sentence
      .replace(/\S*\/\S+/g, 'FILE')
      .replace(/[\d.]+/g, 'N')
      .slice(0, 80);
    outcome.refused[kind] = (outcome.refused[kind] ?? 0) + 1;
  }
  const defects: string[] = [];
  if (code !== 0 && code !== 2 && code !== 3) defects.push(`${name}: ${code}: ${stderr.slice(0, 400)}`);
  const unfit = sentences.find(
    (line) => !line.startsWith('plateau: ') || /\.cc:|node_modules|\b[A-Z]\w*Error:/.test(line),
  );
  if (unfit !== undefined) defects.push(`${name}: says ${unfit.slice(0, 200)}`);
  if (code !== 0 && sentences.length === 0) defects.push(`${name}: ${code} without a sentence`);
  return defects;
}

/** Each recording has a report or a sentence; one that is cut off has both. */
function lostFiles({ stderr }: Call, report: string, files: number): string[] {
  const text = readIfThere(report);
  const parsed = text === undefined ? { reports: [] } : JSON.parse(text);
  const reports = parsed.reports ?? [parsed];
  const refusals = stderr
    .split('\n')
    .filter((line) => line !== '' && !line.includes('before its container says'));
  const told = reports.length + refusals.length;
  const live = reports.at(-1)?.memory.liveResources ?? 0;
  return [
    ...(told === files
      ? []
      : [`of ${files} recordings ${reports.length} are reported and ${refusals.length} refused`]),
    ...(live === 0 ? [] : [`${live} resources were live at the end`]),
  ];
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

async function analyze(args: readonly string[], timeoutSeconds: number): Promise<Call> {
  const began = performance.now();
  const child = spawn(process.execPath, ['--conditions=source', program, 'analyze', ...args], {
    env: { ...process.env, NODE_OPTIONS: '', MALLOC_ARENA_MAX: '2', UV_THREADPOOL_SIZE: '32' },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let stderr = '';
  let why: string | undefined;
  const rss: number[] = [];
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const look = setInterval(() => {
    const resident = residentBytes(child.pid);
    if (resident !== undefined) rss.push(resident);
    if ((resident ?? 0) > mostResidentBytes) why = `took ${((resident ?? 0) / 1e9).toFixed(1)} GB`;
    else if (performance.now() - began > timeoutSeconds * 1000) why = `no end after ${timeoutSeconds} s`;
    if (why !== undefined) child.kill('SIGKILL');
  }, 20);
  const ended = Promise.withResolvers<number | string>();
  child.on('error', ended.reject);
  child.on('close', (code, signal) => ended.resolve(why ?? code ?? signal ?? 'no code'));
  try {
    const code = await ended.promise;
    return { code, stderr, seconds: (performance.now() - began) / 1000, rss };
  } finally {
    clearInterval(look);
  }
}

function residentBytes(pid: number | undefined): number | undefined {
  const status = readIfThere(`/proc/${pid}/status`);
  const kilobytes = /^VmRSS:\s+(\d+) kB/m.exec(status ?? '')?.[1];
  return kilobytes === undefined ? undefined : Number(kilobytes) * 1024;
}

function quarter(rss: readonly number[], which: number): number {
  const part = rss.slice(Math.floor((rss.length * which) / 4), Math.floor((rss.length * (which + 1)) / 4));
  return part.toSorted((a, b) => a - b)[part.length >> 1] ?? 0;
}
