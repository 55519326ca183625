/**
 * Loaded into every thread of a measured program (`--import`): counts collections or samples allocations between the
 * words `begin sampling` or `begin counting` and `end`, and says what it found, by file.
 */
import { type HeapProfiler, Session } from 'node:inspector';
import { PerformanceObserver } from 'node:perf_hooks';
import { BroadcastChannel, isMainThread, threadId } from 'node:worker_threads';

export interface ThreadHeap {
  readonly type: 'heap';
  readonly thread: string;
  readonly minor: number;
  readonly major: number;
  /** Bytes allocated by functions of each file, as sampled; what the collector took since included. */
  readonly bytesByFile: Record<string, number>;
}

export const channelName = 'plateau-bench-heap';
const majorKind = 4;
const minorKind = 1;
const samplingIntervalBytes = 2048;

const counts = { minor: 0, major: 0 };
const observer = new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) {
    const { kind } = (entry as unknown as { detail: { kind: number } }).detail;
    if (kind === minorKind) counts.minor += 1;
    else if (kind === majorKind) counts.major += 1;
  }
});
const session = new Session();
const channel = new BroadcastChannel(channelName);
channel.unref();
let sampling = false;

channel.onmessage = (event) => {
  const word = (event as { data: unknown }).data;
  if (word === 'begin sampling') begin(true);
  else if (word === 'begin counting') begin(false);
  else if (word === 'end') end();
};

/** Collections are counted without the sampler, since what it keeps makes some of its own. */
function begin(sample: boolean): void {
  observer.observe({ entryTypes: ['gc'] });
  sampling = sample;
  if (!sample) return;
  session.connect();
  session.post('HeapProfiler.startSampling', {
    samplingInterval: samplingIntervalBytes,
    includeObjectsCollectedByMajorGC: true,
    includeObjectsCollectedByMinorGC: true,
  } as HeapProfiler.StartSamplingParameterType);
}

function end(): void {
  if (sampling) endSampling();
  else tell({});
}

function tell(bytesByFile: Record<string, number>): void {
  observer.disconnect();
  const thread = isMainThread ? 'main' : `worker ${threadId}`;
  channel.postMessage({ type: 'heap', thread, ...counts, bytesByFile } satisfies ThreadHeap);
}

function endSampling(): void {
  session.post('HeapProfiler.stopSampling', (error, result) => {
    if (error !== null) throw error;
    const bytesByFile: Record<string, number> = {};
    add(result.profile.head, bytesByFile);
    tell(bytesByFile);
  });
}

function add(node: HeapProfiler.SamplingHeapProfileNode, sums: Record<string, number>): void {
  const { url, functionName } = node.callFrame;
  const place = url === '' ? `(${functionName || 'no file'})` : `${url} ${functionName}`;
  sums[place] = (sums[place] ?? 0) + node.selfSize;
  for (const child of node.children) add(child, sums);
}
