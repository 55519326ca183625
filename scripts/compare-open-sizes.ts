/**
 * Coverage on a model of open size beside the exporter's own tool, on clips of several aspects: the shape that both
 * choose, and the mean and the largest difference. The model is ours (known answer), the video any.
 * `node --conditions=source scripts/compare-open-sizes.ts PYTHON VIDEO [WIDTHxHEIGHT...]`, where PYTHON has ultralytics.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { knownAnswerModel } from '../test/support/known-answer-model.ts';

const [python, video, ...sizes] = process.argv.slice(2);
const pictures = 100;
const zone = [0.2, 0.15, 0.7, 0.9] as const;
const [x1, y1, x2, y2] = zone;
const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'plateau-open-sizes-'));

interface Measured {
  readonly input: readonly number[];
  readonly coverage: readonly number[];
}

function ours(clip: string, model: string): Measured {
  const corners = `zone=${x1},${y1} ${x2},${y1} ${x2},${y2} ${x1},${y2}`;
  const args = ['--conditions=source', here('../src/cli/plateau.ts'), 'analyze', clip, '--json'];
  const text = execFileSync(process.execPath, [...args, '--model', model, '--zone', corners], {
    encoding: 'utf8',
    maxBuffer: 2 ** 26,
  });
  const report = JSON.parse(text) as {
    model: { input: number[] };
    zones: { coverage: [number, number][] }[];
  };
  return { input: report.model.input, coverage: report.zones[0].coverage.map(([, value]) => value) };
}

function theirs(clip: string, model: string): Measured {
  const script = here('../test/reference/exporter_coverage.py');
  const text = execFileSync(python, [script, clip, model, ...zone.map(String), String(pictures)], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  return JSON.parse(text.trim().split('\n').at(-1) as string) as Measured;
}

try {
  const model = join(folder, 'open.onnx');
  writeFileSync(model, knownAnswerModel({ dynamic: true, height: 640, width: 640 }).model);
  for (const size of sizes.length === 0 ? ['768x576', '1280x720', '360x640', '1000x300'] : sizes) {
    const clip = join(folder, `${size}.mkv`);
    const scale = `scale=${size.replace('x', ':')}`;
    const quiet = ['-v', 'error', '-y', '-i', video, '-frames:v', String(pictures), '-vf', scale];
    execFileSync('ffmpeg', [...quiet, '-c:v', 'ffv1', clip]);
    const [a, b] = [ours(clip, model), theirs(clip, model)];
    const differences = a.coverage.map((value, index) => Math.abs(value - b.coverage[index]));
    const mean = differences.reduce((sum, one) => sum + one, 0) / differences.length;
    console.log(
      `${size}: ours ${a.input.join('x')}, theirs ${b.input.join('x')}, ${differences.length} pictures, coverage ${a.coverage[0].toFixed(3)} and ${b.coverage[0].toFixed(3)}, mean difference ${mean.toFixed(4)}, largest ${Math.max(...differences).toFixed(4)}`,
    );
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
