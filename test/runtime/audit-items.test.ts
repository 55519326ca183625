import { expect, test } from 'vitest';
import type { AuditEvidence, AuditMoment } from '../../src/runtime/audit-evidence.ts';
import { auditItems } from '../../src/runtime/audit-items.ts';
import { checklist } from '../../src/runtime/audit-report.ts';

const kinds = (tracked: number, live: number): object => ({
  VideoCapture: { live, bytes: 0, peakBytes: 0, tracked, released: tracked - live },
  VideoWriter: { live, bytes: 0, peakBytes: 0, tracked, released: tracked - live },
});

function moment(counts: Record<string, number>, changes: object = {}): AuditMoment {
  const report = {
    counts,
    ledger: { live: 2, forgotten: 0, byKind: kinds(counts.pictures / 100, 0) },
    upkeep: { periodic: counts.pictures / 1000, threshold: 0, bytesGivenBack: 0, busy: 0, backingOff: 0 },
    threads: [{ thread: 'main', arrayBufferBytes: 4e6 }],
    heapUsedBytes: 2e7,
    ...changes,
  };
  return { report: report as unknown as AuditMoment['report'], rssBytes: 2e8, openFiles: 30 };
}

const before = moment({ outputsMade: 100, outputsReleased: 100, pictures: 100, zonesDrawn: 1 });
const after = moment({ outputsMade: 3100, outputsReleased: 3100, pictures: 3100, zonesDrawn: 2 });
const good: AuditEvidence = {
  device: 'cpu',
  before,
  after,
  peakArrayBufferBytes: 5e6,
  longestQueue: { pictures: 3, bound: 3 },
  overload: { slots: 3, counters: { published: 1000, dropped: 900, taken: 100, abandoned: 0 }, stale: 0 },
  monitoring: { samples: 10, newestAgeSeconds: 0.5, newestRssBytes: 2e8 },
  pictureBytes: 2e6,
};

const statusOf = (evidence: AuditEvidence, id: string): string | undefined =>
  auditItems(evidence).find((item) => item.id === id)?.status;

test('a run in which everything held passes all ten items, in the order of the checklist', () => {
  const items = auditItems(good);
  expect(items.map(({ id }) => id)).toEqual(Object.keys(checklist));
  expect(items.map(({ status }) => status)).toEqual(Array(10).fill('pass'));
  for (const { evidence } of items) expect(evidence).toMatch(/^cpu: .*RSS 190\.7 MB to 190\.7 MB$/);
});

const { report } = after;
const changed = (changes: object): AuditEvidence => ({
  ...good,
  after: { ...after, report: { ...report, ...changes } },
});

test.each<[string, AuditEvidence]>([
  ['release-gpu-tensors', changed({ counts: { ...report.counts, outputsReleased: 3099 } })],
  ['release-gpu-tensors', changed({ threads: [{ thread: 'main', arrayBufferBytes: 9e6 }] })],
  ['empty-cache-periodically', changed({ upkeep: { ...report.upkeep, periodic: 0 } })],
  ['release-capture-and-writer', changed({ ledger: { ...report.ledger, byKind: kinds(31, 1) } })],
  ['release-capture-and-writer', { ...good, after: { ...after, openFiles: 31 } }],
  ['bounded-queues', { ...good, longestQueue: { pictures: 4, bound: 3 } }],
  ['skip-old-frames', { ...good, overload: { ...good.overload, stale: 1 } }],
  [
    'skip-old-frames',
    { ...good, overload: { ...good.overload, counters: { ...good.overload.counters, dropped: 0 } } },
  ],
  ['cache-masks-and-polygons', changed({ counts: { ...report.counts, zonesDrawn: 3000 } })],
  ['release-intermediates', changed({ heapUsedBytes: 4e7 })],
  ['in-place-operations', { ...good, peakArrayBufferBytes: 4e7 }],
  ['monitor-memory', { ...good, monitoring: { samples: 3, newestAgeSeconds: 60, newestRssBytes: 2e8 } }],
  ['monitor-memory', { ...good, monitoring: { samples: 3, newestAgeSeconds: 0, newestRssBytes: 1e8 } }],
  ['scoped-resources', changed({ ledger: { ...report.ledger, live: 3 } })],
  ['scoped-resources', changed({ ledger: { ...report.ledger, forgotten: 1 } })],
])('%s fails where it is broken', (id, evidence) => {
  expect(statusOf(evidence, id)).toBe('fail');
});

test('a monitor too young for its first cleaning, or with too few pictures to tell growth, is not judged', () => {
  const young = {
    ...before,
    report: { ...before.report, counts: { ...before.report.counts, pictures: 500 } },
  };
  const upkeep = { ...report.upkeep, periodic: 0 };
  const after500 = (heapUsedBytes: number): AuditEvidence => ({
    ...good,
    after: { ...young, report: { ...young.report, upkeep, heapUsedBytes } },
  });
  expect(statusOf(after500(2e7 + 1e6), 'empty-cache-periodically')).toBe('unknown');
  expect(statusOf(after500(2e7 + 1e6), 'release-intermediates')).toBe('unknown');
  expect(statusOf(after500(2e7 + 1e5), 'release-intermediates')).toBe('pass');
  expect(statusOf(after500(2e7 + 1e7), 'release-intermediates')).toBe('fail');
});

test('what was not measured is unknown and never a pass', () => {
  const nothing = changed({ counts: before.report.counts, ledger: before.report.ledger });
  for (const id of [
    'release-gpu-tensors',
    'release-capture-and-writer',
    'cache-masks-and-polygons',
    'release-intermediates',
    'in-place-operations',
  ]) {
    expect(statusOf(nothing, id)).toBe('unknown');
  }
});
