import type { RingCounters } from '@plateau/memory';
import type { PipelineReport } from './pipeline-report.ts';

/** What the process looks like at one moment of an audit, after a collection in every thread. */
export interface AuditMoment {
  readonly report: PipelineReport;
  /** From the operating system. */
  readonly rssBytes: number;
  /** Open files of the process, sockets and pipes left out, from the operating system; `undefined` where it does not tell. */
  readonly openFiles: number | undefined;
}

/** Everything that an audit measured. The judging is apart from it (`audit-items.ts`), so that it can be tested. */
export interface AuditEvidence {
  readonly device: string;
  readonly before: AuditMoment;
  /** After a recording was analysed, its annotated video written, and both let go of. */
  readonly after: AuditMoment;
  /** Highest sum of array buffers over the run, and resident memory at that moment. */
  readonly peakArrayBufferBytes: number;
  /** A ring of the same kind as the cameras' under overload: what it held, lost and gave. */
  readonly overload: {
    readonly slots: number;
    readonly counters: RingCounters;
    /** Takes in which the reader did not get the newest picture. */
    readonly stale: number;
  };
  /** Longest queue seen between the threads, pictures, and its bound. */
  readonly longestQueue: { readonly pictures: number; readonly bound: number };
  /** Samples of memory that the monitor has taken, and the age and RSS of the newest. */
  readonly monitoring: {
    readonly samples: number;
    readonly newestAgeSeconds: number;
    readonly newestRssBytes: number;
  };
  /** Detections, masks and rings of one picture, bytes: what may be alive at once. */
  readonly pictureBytes: number;
}
