import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { availableParallelism, cpus, loadavg, release, totalmem } from 'node:os';

export interface Machine {
  readonly date: string;
  readonly cpu: string;
  readonly cores: number;
  readonly memoryBytes: number;
  readonly system: string;
  readonly versions: Readonly<Record<string, string>>;
  /** Programs that want the processor besides, by the system's one-minute figure. */
  readonly load: number;
}

/** Where and with what the figures beside it were taken. */
export function describeMachine(): Machine {
  const [cpu] = cpus();
  return {
    date: new Date().toISOString(),
    cpu: cpu?.model ?? 'unknown',
    cores: availableParallelism(),
    memoryBytes: totalmem(),
    system: `${process.platform} ${release()} ${process.arch}`,
    versions: {
      node: process.versions.node,
      'onnxruntime-node': packageVersion('onnxruntime-node'),
      'node-av': packageVersion('node-av'),
    },
    load: loadavg()[0],
  };
}

export function machineLine({ date, cpu, cores, memoryBytes, system, versions, load }: Machine): string {
  const parts = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
  return `${date}, ${cpu}, ${cores} cores, ${(memoryBytes / 1e9).toFixed(0)} GB, ${system}, ${parts.join(', ')}, load ${load.toFixed(1)}`;
}

/** Not every package exports its package.json, so it is looked up from the entry. */
function packageVersion(name: string): string {
  const entry = createRequire(import.meta.url).resolve(name);
  const folder = entry.slice(0, entry.lastIndexOf(`/node_modules/${name}/`) + `/node_modules/${name}`.length);
  return (JSON.parse(readFileSync(`${folder}/package.json`, 'utf8')) as { version: string }).version;
}
