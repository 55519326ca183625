/** The ten items of the memory checklist, in its order. The ids are relied upon. */
export const checklist = {
  'release-gpu-tensors': 'Tensors are released after each run',
  'empty-cache-periodically': 'Idle memory is given back periodically',
  'release-capture-and-writer': 'Captures and writers are released when done',
  'bounded-queues': 'Queues are bounded',
  'skip-old-frames': 'Old frames are skipped instead of piling up',
  'cache-masks-and-polygons': 'Zone masks and polygons are cached',
  'release-intermediates': 'Intermediate arrays are released',
  'in-place-operations': 'Work is done in place, in buffers made once',
  'monitor-memory': 'Memory is monitored all the time',
  'scoped-resources': 'Resources live in scopes',
} as const;

export type ChecklistId = keyof typeof checklist;

export interface AuditItem {
  readonly id: ChecklistId;
  readonly title: string;
  /** `unknown`: it could not be measured. Never `pass` then. */
  readonly status: 'pass' | 'fail' | 'unknown';
  /** The device, and numbers of this run, of which at least one is not from our own counters. */
  readonly evidence: string;
}

export interface AuditReport {
  readonly schema: 'plateau.audit/1';
  readonly device: string;
  readonly items: readonly AuditItem[];
  readonly passed: number;
  readonly failed: number;
  readonly unknown: number;
}

export function auditReport(device: string, items: readonly AuditItem[]): AuditReport {
  const count = (status: AuditItem['status']): number =>
    items.filter((item) => item.status === status).length;
  return {
    schema: 'plateau.audit/1',
    device,
    items,
    passed: count('pass'),
    failed: count('fail'),
    unknown: count('unknown'),
  };
}
