/**
 * PyPI's `microwink`: a YOLOv8n-seg of somebody else's training with pictures and its own tool's masks. Fetched, never
 * kept in the repository: its licence is Apache-2.0, that of the exporter behind its weights is not ours to judge.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

const version = 'microwink-0.0.4';
const sha256 = 'cc312da40571c61e6f70cfec2b795fca8d794f5d85c0e2b220c80dda6ba38abb';
const cache = join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'plateau-tests');

export interface Microwink {
  readonly model: string;
  /** The picture and the same one with its tool's boxes and masks drawn. */
  picture(name: string): { readonly source: string; readonly drawn: string };
}

/** @returns The package's files, or why it could not be fetched. @throws Error where what came is another file */
export function fetchMicrowink(): Microwink | string {
  const folder = join(cache, version);
  if (!existsSync(join(folder, 'LICENSE'))) {
    mkdirSync(cache, { recursive: true });
    const order = ['--no-deps', '--no-binary', 'microwink', '--retries', '0', '--timeout', '15', '-d', cache];
    const { status, stderr } = spawnSync(
      'python3',
      ['-m', 'pip', 'download', '-q', '--disable-pip-version-check', ...order, version.replace('-', '==')],
      { encoding: 'utf8', timeout: 240_000 },
    );
    const archive = `${folder}.tar.gz`;
    if (status !== 0) {
      const why = (stderr ?? '').trim().split('\n').at(-1) ?? '';
      return `${version} cannot be fetched by "python3 -m pip download" here: ${why}`;
    }
    const found = createHash('sha256').update(readFileSync(archive)).digest('hex');
    if (found !== sha256) throw new Error(`${archive} has the checksum ${found}, not ${sha256}`);
    execFileSync('tar', ['-xzf', archive, '-C', cache]);
    rmSync(archive);
  }
  return {
    model: join(folder, 'models/seg_model.onnx'),
    picture: (name) => ({
      source: join(folder, 'assets/data', name),
      drawn: join(folder, 'tests/truth/seg_model', name),
    }),
  };
}
