import type { AuditEvidence, AuditMoment } from './audit-evidence.ts';
import { type AuditItem, type ChecklistId, checklist } from './audit-report.ts';
import { defaults } from './defaults.ts';

type Judgement = readonly [status: AuditItem['status'], evidence: string];

/** Packets, a ring of the smallest size class and what the annotated video needs, whatever the model. */
const slackBytes = 4 * 2 ** 20;

/** Heap growth, bytes a picture, that counts as none: what the collector leaves in its own tables. */
const heapBoundBytes = 1024;
/** What compiled code and caches may still take in a young monitor: below it, a few pictures tell nothing. */
const warmUpBytes = 2 * 2 ** 20;
const fewPictures = 2000;
const megabytes = (bytes: number): string => `${(bytes / 2 ** 20).toFixed(1)} MB`;

/** Judges each item of the checklist by what was measured. Pure. */
export function auditItems(evidence: AuditEvidence): AuditItem[] {
  const rss = `RSS ${megabytes(evidence.before.rssBytes)} to ${megabytes(evidence.after.rssBytes)}`;
  return Object.entries(judges).map(([id, judge]) => {
    const [status, text] = judge(evidence);
    return {
      id: id as ChecklistId,
      title: checklist[id as ChecklistId],
      status,
      evidence: `${evidence.device}: ${text}; ${rss}`,
    };
  });
}

const counted = ({ before, after }: AuditEvidence, name: string): number =>
  (after.report.counts[name] ?? 0) - (before.report.counts[name] ?? 0);

const arrayBuffers = ({ report }: AuditMoment): number =>
  report.threads.reduce((sum, { arrayBufferBytes }) => sum + arrayBufferBytes, 0);

/** Resources of a kind that were made during the audit, and how many more are live than before. */
function resources({ before, after }: AuditEvidence, kind: string): { made: number; leftOver: number } {
  const [first, last] = [before.report.ledger.byKind[kind], after.report.ledger.byKind[kind]];
  return {
    made: (last?.tracked ?? 0) - (first?.tracked ?? 0),
    leftOver: (last?.live ?? 0) - (first?.live ?? 0),
  };
}

const judge = (known: boolean, good: boolean, text: string): Judgement => [
  known ? (good ? 'pass' : 'fail') : 'unknown',
  text,
];

const judges: Record<ChecklistId, (evidence: AuditEvidence) => Judgement> = {
  'release-gpu-tensors': (evidence) => {
    // Had they been kept, there would be the outputs of all runs; what is allowed is those of one.
    const bound = 2 ** 20 + evidence.pictureBytes;
    const made = counted(evidence, 'outputsMade');
    const released = counted(evidence, 'outputsReleased');
    const grown = arrayBuffers(evidence.after) - arrayBuffers(evidence.before);
    const text = `${made} runs' tensors made, ${released} released, array buffers ${grown >= 0 ? '+' : ''}${megabytes(grown)}`;
    return judge(made > 0, made === released && grown < bound, text);
  },
  'empty-cache-periodically': ({ before, after }) => {
    const { periodic, threshold, bytesGivenBack, backingOff } = after.report.upkeep;
    const runs = periodic - before.report.upkeep.periodic;
    const text = `${runs} periodic cleanings in this run and ${periodic} in all, ${threshold} at the threshold, ${megabytes(bytesGivenBack)} given back, ${backingOff} steps at rest for want of gain`;
    // A monitor that has not come to its first cleaning yet has shown nothing.
    const isDue = (after.report.counts.pictures ?? 0) >= defaults.cleanupFrames;
    return judge(isDue || periodic > 0, periodic > 0, text);
  },
  'release-capture-and-writer': (evidence) => {
    const captures = resources(evidence, 'VideoCapture');
    const writers = resources(evidence, 'VideoWriter');
    const [first, last] = [evidence.before.openFiles, evidence.after.openFiles];
    const files =
      first === undefined || last === undefined ? 'open files unknown' : `open files ${first} to ${last}`;
    const text = `${captures.made} captures and ${writers.made} writers made, ${captures.leftOver + writers.leftOver} left over, ${files}`;
    const closed = first === undefined || last === undefined || last <= first;
    return judge(
      captures.made > 0 && writers.made > 0,
      captures.leftOver + writers.leftOver <= 0 && closed,
      text,
    );
  },
  'bounded-queues': ({ longestQueue: { pictures, bound } }) =>
    judge(
      bound > 0,
      pictures <= bound,
      `at most ${pictures} pictures on their way between the threads, bound ${bound}`,
    ),
  'skip-old-frames': ({ overload: { slots, counters, stale } }) => {
    const { published, dropped, taken } = counters;
    const text = `under overload ${published} published, ${taken} taken, ${dropped} skipped in ${slots} slots, ${stale} times not the newest`;
    return judge(published > 0, dropped > 0 && stale === 0 && published - dropped - taken <= slots, text);
  },
  'cache-masks-and-polygons': (evidence) => {
    const pictures = counted(evidence, 'pictures');
    const drawn = counted(evidence, 'zonesDrawn');
    return judge(pictures > 0, drawn < pictures / 100, `zones drawn ${drawn} times for ${pictures} pictures`);
  },
  'release-intermediates': (evidence) => {
    const pictures = counted(evidence, 'pictures');
    const grown = evidence.after.report.heapUsedBytes - evidence.before.report.heapUsedBytes;
    const text = `V8 heap after collection ${grown >= 0 ? '+' : ''}${megabytes(grown)} over ${pictures} pictures, ${(grown / pictures).toFixed(0)} B a picture`;
    const isFlat = grown / pictures < heapBoundBytes;
    const isTold = isFlat || pictures >= fewPictures || grown > warmUpBytes;
    return judge(pictures > 0 && isTold, isFlat, text);
  },
  'in-place-operations': (evidence) => {
    const pictures = counted(evidence, 'pictures');
    const above = evidence.peakArrayBufferBytes - arrayBuffers(evidence.before);
    const text = `array buffers never more than ${megabytes(above)} above their start in ${pictures} pictures, of which each needs ${megabytes(evidence.pictureBytes)}`;
    return judge(pictures > 0, above <= 8 * evidence.pictureBytes + slackBytes, text);
  },
  'monitor-memory': ({ after, monitoring: { samples, newestAgeSeconds, newestRssBytes } }) => {
    const text = `${samples} samples, the newest ${newestAgeSeconds.toFixed(1)} s old and ${megabytes(newestRssBytes)}, the system says ${megabytes(after.rssBytes)}`;
    const near = Math.abs(newestRssBytes - after.rssBytes) < 0.25 * after.rssBytes;
    return judge(samples > 0, newestAgeSeconds < 5 && near, text);
  },
  'scoped-resources': ({ before, after }) => {
    const { live, forgotten, byKind } = after.report.ledger;
    const made = Object.values(byKind).reduce((sum, { tracked }) => sum + tracked, 0);
    const text = `${made} resources ever made, ${before.report.ledger.live} live before and ${live} after, ${forgotten} forgotten`;
    return judge(made > 0, live <= before.report.ledger.live && forgotten === 0, text);
  },
};
