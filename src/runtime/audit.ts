import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FrameRing, SlabPool } from '@plateau/memory';
import type { AuditEvidence, AuditMoment } from './audit-evidence.ts';
import { auditItems } from './audit-items.ts';
import { type AuditReport, auditReport } from './audit-report.ts';
import { recordingCapture } from './capture-settings.ts';
import { defaults } from './defaults.ts';
import { openFiles } from './open-files.ts';
import type { Pipeline } from './pipeline.ts';
import { RssSeries } from './rss-series.ts';
import type { CameraSettings } from './settings.ts';
import { VideoAnalysis } from './video-analysis.ts';

export interface AuditOrder {
  readonly pipeline: Pipeline;
  /** A short recording, analysed beside whatever the pipeline watches. */
  readonly recording: string;
  /** At least so many pictures are analysed. */
  readonly pictures: number;
  /** The monitor's samples at the end of the audit. */
  monitoring(): AuditEvidence['monitoring'];
  onProgress(pictures: number): void;
  /** Ends the audit early, with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
}

/** Milliseconds between two looks at buffers and queues while the recording is analysed. */
const lookEveryMilliseconds = 100;

/** Measures the ten items of the memory checklist on a running pipeline. @throws PlateauError when the pipeline fails. */
export async function audit(order: AuditOrder): Promise<AuditReport> {
  const { pipeline, monitoring } = order;
  const folder = mkdtempSync(join(tmpdir(), 'plateau-audit-'));
  try {
    // Once without being watched: code is compiled and buffers are made that stay for good.
    await analyse(order, null, 0);
    const before = await momentOf(pipeline);
    using watched = watch(pipeline);
    let pictures = await analyse(order, join(folder, 'annotated.mp4'), 0);
    while (pictures < order.pictures) pictures += await analyse(order, null, pictures);
    const after = await momentOf(pipeline);
    const evidence: AuditEvidence = {
      device: pipeline.model.device,
      before,
      after,
      peakArrayBufferBytes: watched.peakArrayBufferBytes,
      longestQueue: { pictures: watched.longestQueue, bound: pipeline.queue.bound },
      overload: overload(),
      monitoring: monitoring(),
      pictureBytes: pipeline.pictureBytes,
    };
    return auditReport(pipeline.model.device, auditItems(evidence));
  } finally {
    // Tried again, since a video that was given up may still be taken away in another thread.
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  }
}

async function analyse(
  { pipeline, recording, onProgress, signal }: AuditOrder,
  output: string | null,
  done: number,
): Promise<number> {
  const run = new VideoAnalysis(pipeline, cameraFor(recording, output), new RssSeries(), ({ decided }) =>
    onProgress(done + decided),
  );
  const end = (): void => run.abort(signal?.reason);
  signal?.addEventListener('abort', end);
  try {
    if (signal?.aborted) end();
    return (await run.run()).frames.inferred;
  } finally {
    signal?.removeEventListener('abort', end);
  }
}

function cameraFor(source: string, output: string | null): CameraSettings {
  const { blockage } = defaults;
  return {
    name: 'audit',
    zones: [
      {
        zone: {
          name: 'audit',
          points: [
            [0.2, 0.2],
            [0.8, 0.2],
            [0.5, 0.9],
          ],
          space: 'fractions',
        },
        blockage,
      },
    ],
    capture: recordingCapture(source, { output }),
  };
}

async function momentOf(pipeline: Pipeline): Promise<AuditMoment> {
  const report = await pipeline.report({ collect: true });
  return { report, rssBytes: process.memoryUsage.rss(), openFiles: openFiles() };
}

/** Looks at buffers and queues from time to time, until it is disposed of. */
function watch(pipeline: Pipeline): Disposable & { peakArrayBufferBytes: number; longestQueue: number } {
  let isAsking = false;
  const timer = setInterval(() => {
    seen.longestQueue = Math.max(seen.longestQueue, pipeline.queue.pictures);
    if (isAsking) return;
    isAsking = true;
    void pipeline.report().then(({ threads }) => {
      isAsking = false;
      const bytes = threads.reduce((sum, { arrayBufferBytes }) => sum + arrayBufferBytes, 0);
      seen.peakArrayBufferBytes = Math.max(seen.peakArrayBufferBytes, bytes);
    });
  }, lookEveryMilliseconds);
  const seen = { peakArrayBufferBytes: 0, longestQueue: 0, [Symbol.dispose]: () => clearInterval(timer) };
  return seen;
}

/** A ring like the cameras', written ten times as fast as it is read. */
function overload(): AuditEvidence['overload'] {
  using slabs = new SlabPool();
  using ring = FrameRing.allocate(slabs, {
    slots: defaults.ringSlots,
    slotByteLength: 64,
    metadataFields: 1,
  });
  using writer = ring.writer({ overwrite: true });
  using reader = ring.reader();
  let stale = 0;
  for (let picture = 1; picture <= 1000; picture += 1) {
    using slot = writer.acquire();
    if (slot === undefined) continue;
    slot.metadata[0] = picture;
    slot.publish();
    if (picture % 10 !== 0) continue;
    using taken = reader.takeNewest();
    if (taken?.metadata[0] !== picture) stale += 1;
  }
  return { slots: ring.slots, counters: ring.counters, stale };
}
