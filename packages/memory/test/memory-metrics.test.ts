import { expect, test } from 'vitest';
import {
  Ledger,
  logCpuMemory,
  logGpuMemory,
  MemoryBudget,
  MemoryMonitor,
  memoryMetrics,
  SlabPool,
} from '../src/index.ts';

const ledger = new Ledger({ clock: () => 0, thread: 'test' });
const gpu = {
  name: 'Tesla "T4"\n',
  totalBytes: 16e9,
  usedBytes: 2e9,
  reservedBytes: 5e8,
  usedByUsBytes: undefined,
};
const limit = { limitBytes: 1e9, limitOrigin: 'cgroup v2', machineBytes: 2e9 } as const;

test('the text is what a Prometheus server reads', () => {
  using slabs = new SlabPool({ ledger });
  using _slab = slabs.lease(1000, { camera: 'belt "1"' });
  const sample = new MemoryMonitor({ ledger, slabs, limit: () => limit, gpus: () => [gpu] }).sample();
  const rings = { 'belt-1': { published: 10, dropped: 2, taken: 8, abandoned: 1 } };
  const text = memoryMetrics({ sample, ledger: ledger.snapshot(), slabs: slabs.counters, rings });
  expect(text.endsWith('\n')).toBe(true);
  const declared = new Map<string, string>();
  for (const line of text.trimEnd().split('\n')) {
    const type = /^# TYPE (\S+) (gauge|counter)$/.exec(line);
    if (type !== null) declared.set(type[1] ?? '', type[2] ?? '');
    if (line.startsWith('#')) continue;
    const value = /^([a-z_]+)(?:\{(?:[a-z_]+="(?:[^"\\\n]|\\["\\n])*",?)+\})? (-?[0-9.e+]+)$/.exec(line);
    expect(value, line).not.toBeNull();
    expect(declared.has(value?.[1] ?? '')).toBe(true);
  }
  for (const [name, type] of declared) expect(name.endsWith('_total')).toBe(type === 'counter');
  expect(text).toContain(`plateau_memory_bytes{of="rss"} ${sample.rssBytes}\n`);
  expect(text).toContain('plateau_camera_memory_bytes{camera="belt \\"1\\""} 65536\n');
  expect(text).toContain('plateau_gpu_memory_bytes{gpu="0",name="Tesla \\"T4\\"\\n",of="used"} 2000000000\n');
  expect(text).toContain('plateau_ring_frames_total{camera="belt-1",event="dropped"} 2\n');
  expect(text).toContain('plateau_ring_frames_total{camera="belt-1",event="abandoned"} 1\n');
  expect(text).toContain('plateau_memory_limit_bytes{origin="cgroup v2"} 1000000000\n');
});

test('budgets are told with their limits, the whole and each camera', () => {
  const budget = new MemoryBudget('the whole', 1000, {
    ladder: [{ name: 'pictures', giveUp: () => undefined }],
  });
  const camera = budget.addCamera('belt-1', Number.POSITIVE_INFINITY);
  using _held = camera.reserve(400);
  expect(() => camera.reserve(700)).toThrow(/budget/);
  const none = { limitBytes: undefined, limitOrigin: 'none', machineBytes: 1 } as const;
  const text = memoryMetrics({ sample: new MemoryMonitor({ ledger, limit: () => none }).sample(), budget });
  expect(text).toContain('plateau_budget_bytes{of="used"} 400\n');
  expect(text).toContain('plateau_budget_bytes{of="limit"} 1000\n');
  expect(text).toContain('plateau_budget_bytes{camera="belt-1",of="used"} 400\n');
  expect(text).not.toContain('Infinity');
  expect(text).toContain('plateau_budget_refused_total 1\n');
  expect(text).toContain('plateau_budget_sacrifices_total{step="pictures"} 1\n');
});

test('what is not there is not in the text', () => {
  const none = { limitBytes: undefined, limitOrigin: 'none', machineBytes: 1 } as const;
  const text = memoryMetrics({ sample: new MemoryMonitor({ ledger, limit: () => none }).sample() });
  expect(text).not.toContain('limit_bytes');
  expect(text).not.toContain('gpu');
  expect(text).not.toContain('undefined');
});

test('a log line is for people and its fields are for machines', () => {
  const lines: string[] = [];
  const fields: object[] = [];
  const log = (about: object, line: string): void => {
    fields.push(about);
    lines.push(line);
  };
  const sample = new MemoryMonitor({ ledger, limit: () => limit }).sample();
  logCpuMemory(sample, log);
  logGpuMemory([{ ...gpu, name: 'Tesla T4', usedByUsBytes: 1e9 }], log);
  logGpuMemory([], log);
  expect(lines[0]).toMatch(/^CPU: \d+\.\d MB of 1000\.0 MB \(cgroup v2\): heap /);
  expect(lines.slice(1)).toEqual([
    'GPU 0 (Tesla T4): 2000.0 MB used, 1000.0 MB by us, 500.0 MB reserved, of 16000.0 MB',
    'GPU: none',
  ]);
  expect(fields[0]).toMatchObject({ rssBytes: sample.rssBytes, limitBytes: 1e9 });
});
