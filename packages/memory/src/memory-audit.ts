/**
 * The document's checklist as ten measured answers. Pure: what was measured is passed in, with the figures; what was not is
 * `unknown`, never passed. The evidence holds the numbers, of which at least one does not come from our own counters.
 */
import { megabytes } from './memory-log.ts';

export type AuditStatus = 'pass' | 'fail' | 'unknown';

export interface AuditItem {
  readonly id: AuditId;
  readonly title: string;
  readonly status: AuditStatus;
  readonly evidence: string;
}

/** In the checklist's order. */
export const auditTitles = {
  'release-gpu-tensors': 'Tensors are released after each inference',
  'empty-cache-periodically': 'Caches are emptied periodically',
  'release-capture-and-writer': 'Captures and writers are released when done',
  'bounded-queues': 'Queues are bounded',
  'skip-old-frames': 'Old frames are skipped and do not accumulate',
  'cache-masks-and-polygons': 'Zone masks and polygons are cached',
  'release-intermediates': 'Intermediate arrays are released',
  'in-place-operations': 'Operations work in place',
  'monitor-memory': 'Memory is monitored',
  'scoped-resources': 'Resources are scoped',
} as const;

export type AuditId = keyof typeof auditTitles;

/** What was seen over a stretch of a run. Every part is optional: what is missing is unknown. */
export interface AuditEvidence {
  /** The device that inferred: `cpu`, `webgpu (SwiftShader)`, `cuda (Tesla T4)`. */
  readonly device: string;
  /** Of the process, at the beginning and at the end of the stretch. */
  readonly memory?: { readonly before: AuditMemory; readonly after: AuditMemory } | undefined;
  readonly frames?: number | undefined;
  readonly tensors?: { readonly made: number; readonly released: number } | undefined;
  /** Runs of the reclaiming, and what they gave back. */
  readonly cleanups?: { readonly runs: number; readonly bytesGivenBack: number } | undefined;
  /** Captures and writers that were opened, are released, and that nobody released although nobody holds them. */
  readonly captures?:
    | { readonly opened: number; readonly released: number; readonly forgotten: number }
    | undefined;
  /** The fullest that any queue or ring was, and what it can hold. */
  readonly queues?: { readonly most: number; readonly capacity: number } | undefined;
  /** `produced` that are neither `consumed` nor `dropped` are still waiting. */
  readonly delivery?:
    | { readonly produced: number; readonly consumed: number; readonly dropped: number }
    | undefined;
  readonly zones?: { readonly geometries: number; readonly rasters: number } | undefined;
  /** Pool buffers that were allocated after the warm-up. */
  readonly poolAllocations?: number | undefined;
  readonly copies?: { readonly made: number; readonly needless: number } | undefined;
  readonly monitorSamples?: number | undefined;
  readonly scoped?: { readonly live: number; readonly forgotten: number } | undefined;
}

/** As `process.memoryUsage()` tells it, and NVML where there is a GPU. */
export interface AuditMemory {
  readonly rssBytes: number;
  readonly arrayBufferBytes: number;
  readonly heapUsedBytes: number;
  readonly gpuUsedByUsBytes?: number | undefined;
}

export interface AuditReport {
  readonly schema: 'plateau.audit/1';
  readonly device: string;
  readonly items: readonly AuditItem[];
  readonly passed: number;
  readonly failed: number;
  readonly unknown: number;
}

/** What one rule finds: whether it holds, and the figures; `undefined` where it was not measured. */
type Finding = { readonly holds: boolean; readonly figures: string } | undefined;

/** Bytes a frame by which buffers may grow between two moments without counting as kept. */
const toleranceBytesPerFrame = 512;

/** Judges all ten. */
export function auditMemory(evidence: AuditEvidence): AuditReport {
  const items = (Object.keys(auditTitles) as AuditId[]).map((id) => judge(id, evidence));
  const count = (status: AuditStatus): number => items.filter((item) => item.status === status).length;
  return {
    schema: 'plateau.audit/1',
    device: evidence.device,
    items,
    passed: count('pass'),
    failed: count('fail'),
    unknown: count('unknown'),
  };
}

function judge(id: AuditId, evidence: AuditEvidence): AuditItem {
  const title = auditTitles[id];
  const finding = rules[id](evidence);
  const process = processFigures(evidence);
  if (finding === undefined || process === undefined) {
    return { id, title, status: 'unknown', evidence: `not measured in this run, on ${evidence.device}` };
  }
  const status = finding.holds ? 'pass' : 'fail';
  return { id, title, status, evidence: `${finding.figures}; ${process}; on ${evidence.device}` };
}

const rules: Readonly<Record<AuditId, (evidence: AuditEvidence) => Finding>> = {
  'release-gpu-tensors': ({ tensors, ...rest }) => {
    const growth = bufferGrowth(rest);
    if (tensors === undefined || growth === undefined) return undefined;
    const { made, released } = tensors;
    const holds = made > 0 && made === released && growth.perFrame <= toleranceBytesPerFrame;
    return { holds, figures: `${made} tensors made, ${released} released, ${growth.figures}` };
  },
  'empty-cache-periodically': ({ cleanups }) =>
    cleanups && {
      holds: cleanups.runs > 0,
      figures: `${cleanups.runs} runs gave back ${megabytes(cleanups.bytesGivenBack)}`,
    },
  'release-capture-and-writer': ({ captures }) =>
    captures && {
      holds: captures.forgotten === 0 && captures.released <= captures.opened,
      figures: `${captures.opened} opened, ${captures.released} released, ${captures.forgotten} forgotten`,
    },
  'bounded-queues': ({ queues }) =>
    queues && {
      holds: queues.most <= queues.capacity,
      figures: `at most ${queues.most} of ${queues.capacity} places taken`,
    },
  'skip-old-frames': ({ delivery, queues }) => {
    if (delivery === undefined || queues === undefined) return undefined;
    const { produced, consumed, dropped } = delivery;
    const waiting = produced - consumed - dropped;
    const figures = `${produced} produced, ${consumed} taken, ${dropped} dropped, ${waiting} waiting`;
    return { holds: waiting >= 0 && waiting <= queues.capacity, figures };
  },
  'cache-masks-and-polygons': ({ zones, frames }) => {
    if (zones === undefined || frames === undefined) return undefined;
    const figures = `${zones.rasters} rasters for ${zones.geometries} geometries in ${frames} frames`;
    return { holds: zones.rasters <= zones.geometries, figures };
  },
  'release-intermediates': (evidence) => {
    const growth = bufferGrowth(evidence);
    if (growth === undefined || evidence.poolAllocations === undefined) return undefined;
    const holds = growth.perFrame <= toleranceBytesPerFrame && evidence.poolAllocations === 0;
    return {
      holds,
      figures: `${evidence.poolAllocations} buffers allocated after the warm-up, ${growth.figures}`,
    };
  },
  'in-place-operations': ({ copies }) =>
    copies && {
      holds: copies.needless === 0,
      figures: `${copies.made} copies, ${copies.needless} of them needless`,
    },
  'monitor-memory': ({ monitorSamples }) =>
    monitorSamples === undefined
      ? undefined
      : { holds: monitorSamples > 0, figures: `${monitorSamples} samples` },
  'scoped-resources': ({ scoped }) =>
    scoped && {
      holds: scoped.forgotten === 0,
      figures: `${scoped.live} live, ${scoped.forgotten} forgotten`,
    },
};

function bufferGrowth({
  memory,
  frames,
}: AuditEvidence | Omit<AuditEvidence, 'tensors'>): { perFrame: number; figures: string } | undefined {
  if (memory === undefined || frames === undefined || frames <= 0) return undefined;
  const growth = memory.after.arrayBufferBytes - memory.before.arrayBufferBytes;
  return { perFrame: growth / frames, figures: `array buffers ${signed(growth)} in ${frames} frames` };
}

/** Figures that are not our own: without them nothing is proven. */
function processFigures({ memory }: AuditEvidence): string | undefined {
  if (memory === undefined) return undefined;
  const { rssBytes, gpuUsedByUsBytes } = memory.after;
  const gpu = gpuUsedByUsBytes === undefined ? '' : `, ${megabytes(gpuUsedByUsBytes)} on the GPU`;
  return `RSS ${megabytes(rssBytes)} (${signed(rssBytes - memory.before.rssBytes)})${gpu}`;
}

function signed(bytes: number): string {
  return `${bytes < 0 ? '−' : '+'}${megabytes(Math.abs(bytes))}`;
}
