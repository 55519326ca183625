/** Memory in Prometheus' text form (version 0.0.4). No client library: the text is joined by hand, names are stable. */
import type { LedgerSnapshot } from './ledger-snapshot.ts';
import type { MemoryBudget } from './memory-budget.ts';
import type { MemorySample } from './memory-monitor.ts';
import type { RingCounters } from './ring-control.ts';
import type { SlabPoolCounters } from './slab-pool.ts';

export interface MemoryMetricsSources {
  readonly sample: MemorySample;
  readonly ledger?: LedgerSnapshot | undefined;
  readonly slabs?: SlabPoolCounters | undefined;
  /** By camera. */
  readonly rings?: Readonly<Record<string, RingCounters>> | undefined;
  /** The budget of the whole; those of its cameras are told as well. */
  readonly budget?: MemoryBudget | undefined;
}

type Labels = Readonly<Record<string, string>>;

class Metric {
  readonly #name: string;
  readonly #lines: string[];

  constructor(name: string, type: 'gauge' | 'counter', help: string) {
    this.#name = name;
    this.#lines = [`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`];
  }

  add(value: number | undefined, labels: Labels = {}): this {
    if (value === undefined) return this;
    const pairs = Object.entries(labels).map(([name, text]) => `${name}="${escapeLabel(text)}"`);
    this.#lines.push(`${this.#name}${pairs.length === 0 ? '' : `{${pairs.join(',')}}`} ${value}`);
    return this;
  }

  /** Nothing where no value was added. */
  toString(): string {
    return this.#lines.length > 2 ? `${this.#lines.join('\n')}\n` : '';
  }
}

/** The exposition text, ending with a line feed. */
export function memoryMetrics(sources: MemoryMetricsSources): string {
  return [...processMetrics(sources.sample), ...ownMetrics(sources), ...budgetMetrics(sources)].join('');
}

function processMetrics(sample: MemorySample): Metric[] {
  const bytes = new Metric('plateau_memory_bytes', 'gauge', 'Memory of the process, by who holds it.')
    .add(sample.rssBytes, { of: 'rss' })
    .add(sample.heapUsedBytes, { of: 'heap_used' })
    .add(sample.heapTotalBytes, { of: 'heap_total' })
    .add(sample.externalBytes, { of: 'external' })
    .add(sample.arrayBufferBytes, { of: 'array_buffers' })
    .add(sample.sharedBytes, { of: 'shared' })
    .add(sample.nativeBytes, { of: 'native' })
    .add(sample.unaccountedBytes, { of: 'unaccounted' });
  const limit = new Metric(
    'plateau_memory_limit_bytes',
    'gauge',
    'The limit that the process runs under.',
  ).add(sample.limitBytes, { origin: sample.limitOrigin });
  const gpu = new Metric('plateau_gpu_memory_bytes', 'gauge', 'Memory of each GPU, as its driver counts.');
  for (const [
    index,
    { name, totalBytes, usedBytes, reservedBytes, usedByUsBytes },
  ] of sample.gpus.entries()) {
    const labels = { gpu: String(index), name };
    gpu.add(totalBytes, { ...labels, of: 'total' }).add(usedBytes, { ...labels, of: 'used' });
    gpu.add(reservedBytes, { ...labels, of: 'reserved' }).add(usedByUsBytes, { ...labels, of: 'used_by_us' });
  }
  return [bytes, limit, gpu];
}

function ownMetrics({ ledger, slabs, rings = {} }: MemoryMetricsSources): Metric[] {
  const live = new Metric('plateau_live_resources', 'gauge', 'Resources in the ledger, by kind.');
  const liveBytes = new Metric(
    'plateau_live_resource_bytes',
    'gauge',
    'Bytes of resources in the ledger, by kind.',
  );
  for (const [kind, total] of Object.entries(ledger?.byKind ?? {})) {
    live.add(total.live, { kind });
    liveBytes.add(total.bytes, { kind });
  }
  const cameras = new Metric(
    'plateau_camera_memory_bytes',
    'gauge',
    'Bytes of resources in the ledger, by camera.',
  );
  for (const [camera, total] of Object.entries(ledger?.byCamera ?? {})) cameras.add(total.bytes, { camera });
  const forgotten = new Metric(
    'plateau_forgotten_resources_total',
    'counter',
    'Resources that nobody held any more and nobody had released.',
  ).add(ledger?.forgotten);
  const slabBytes = new Metric('plateau_slab_bytes', 'gauge', 'Shared memory of the slab pool, by state.')
    .add(slabs?.leasedBytes, { state: 'leased' })
    .add(slabs?.idleBytes, { state: 'idle' })
    .add(slabs?.detainedBytes, { state: 'detained' })
    .add(slabs?.condemnedBytes, { state: 'condemned' });
  const frames = new Metric(
    'plateau_ring_frames_total',
    'counter',
    'Frames in a camera’s ring, by what became of them.',
  );
  for (const [camera, { published, dropped, taken, abandoned }] of Object.entries(rings)) {
    frames.add(published, { camera, event: 'published' }).add(dropped, { camera, event: 'dropped' });
    frames.add(taken, { camera, event: 'taken' }).add(abandoned, { camera, event: 'abandoned' });
  }
  return [live, liveBytes, cameras, forgotten, slabBytes, frames];
}

function budgetMetrics({ budget }: MemoryMetricsSources): Metric[] {
  if (budget === undefined) return [];
  const bytes = new Metric(
    'plateau_budget_bytes',
    'gauge',
    'Memory budgets: what is used, and where there is a limit, the limit.',
  );
  const refused = new Metric('plateau_budget_refused_total', 'counter', 'Reservations that were refused.');
  const sacrifices = new Metric(
    'plateau_budget_sacrifices_total',
    'counter',
    'How often a step of the ladder was asked to give up what it holds.',
  );
  const add = (one: MemoryBudget, labels: Labels): void => {
    bytes.add(one.usedBytes, { ...labels, of: 'used' });
    bytes.add(Number.isFinite(one.budgetBytes) ? one.budgetBytes : undefined, { ...labels, of: 'limit' });
    refused.add(one.refused, labels);
    for (const [step, count] of Object.entries(one.sacrifices)) sacrifices.add(count, { ...labels, step });
  };
  add(budget, {});
  for (const [camera, own] of budget.cameras) add(own, { camera });
  return [bytes, refused, sacrifices];
}

function escapeLabel(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
}
