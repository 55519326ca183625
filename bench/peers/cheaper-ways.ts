/** Faster by doing less: an int8 model, and the crop to the zone. Each with what it costs in coverage, on clips with truth. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runAnalyze } from './plateau-analyze.ts';
import { opencvPython } from './python-peers.ts';

export interface Way {
  readonly name: string;
  readonly model: string;
  readonly args: readonly string[];
}

/** A rendered clip's truth, as `scenes/` writes it. */
interface Truth {
  readonly video: string;
  readonly zone: { readonly points: readonly (readonly [number, number])[] };
  readonly coverage: readonly (readonly [seconds: number, share: number])[];
}

export interface CoverageError {
  readonly clips: number;
  readonly pictures: number;
  readonly mean: number;
  readonly worst: number;
  /** Coverage of each picture, for the next way to be compared with. */
  readonly values: readonly (number | null)[];
}

const quantise = fileURLToPath(new URL('../models/quantise.py', import.meta.url));
const cache = fileURLToPath(new URL('../.cache/models/', import.meta.url));
const analyzeHelp = fileURLToPath(new URL('../../bin/plateau.js', import.meta.url));

/** The ways that there are here: the model as it is first. */
export function waysOf(model: string, calibration: readonly string[]): Way[] {
  const int8 = join(cache, basename(model).replace(/\.onnx$/, '-int8.onnx'));
  mkdirSync(cache, { recursive: true });
  if (!existsSync(int8))
    execFileSync(opencvPython(), [quantise, model, int8, ...calibration], { stdio: 'inherit' });
  const ways = [
    { name: 'float32', model, args: [] },
    { name: 'int8', model: int8, args: [] },
  ];
  const help = execFileSync(process.execPath, [analyzeHelp, 'analyze', '--help'], { encoding: 'utf8' });
  if (!/\s--crop\b/.test(help)) return ways;
  return [
    ...ways,
    { name: 'float32, --crop', model, args: ['--crop'] },
    { name: 'int8, --crop', model: int8, args: ['--crop'] },
  ];
}

/** Truth files in these folders, at most so many of each, spread over the folder. */
export function truthFiles(folders: readonly string[], most: number): string[] {
  return folders.flatMap((folder) => {
    const files = readdirSync(folder).filter((name) => name.endsWith('.json'));
    const each = Math.max(1, Math.ceil(files.length / most));
    return files.filter((_, index) => index % each === 0).map((name) => join(folder, name));
  });
}

export function clipOf(truthFile: string): string {
  return join(truthFile, '..', readTruth(truthFile).video);
}

/** How far coverage of the clip's own zone is from its truth. */
export async function coverageError(way: Way, truths: readonly string[]): Promise<CoverageError> {
  const errors: number[] = [];
  const values: (number | null)[] = [];
  for (const file of truths) {
    const truth = readTruth(file);
    const zone = `zone=${truth.zone.points.map(([x, y]) => `${x},${y}`).join(' ')}`;
    const args = ['--zone', zone, ...way.args];
    const { series } = await runAnalyze(clipOf(file), way.model, { args });
    for (const [index, [, value]] of series.entries()) {
      values.push(value);
      const right = truth.coverage[index]?.[1];
      if (value !== null && right !== undefined) errors.push(Math.abs(value - right));
    }
  }
  return {
    clips: truths.length,
    pictures: errors.length,
    mean: errors.reduce((sum, error) => sum + error, 0) / errors.length,
    worst: Math.max(...errors),
    values,
  };
}

/** Mean distance of two ways on the same clips. */
export function distance({ values }: CoverageError, other: CoverageError): number {
  const known = values.flatMap((value, index) => {
    const theirs = other.values[index];
    return value === null || theirs === null || theirs === undefined ? [] : [Math.abs(value - theirs)];
  });
  return known.reduce((sum, one) => sum + one, 0) / known.length;
}

function readTruth(file: string): Truth {
  return JSON.parse(readFileSync(file, 'utf8')) as Truth;
}
