import { describe, expect, test } from 'vitest';
import { type AuditEvidence, type AuditId, auditMemory, auditTitles } from '../src/index.ts';

const before = { rssBytes: 200e6, arrayBufferBytes: 20e6, heapUsedBytes: 10e6 };
const good: AuditEvidence = {
  device: 'cpu',
  memory: { before, after: { ...before, rssBytes: 201e6 } },
  frames: 1000,
  tensors: { made: 2000, released: 2000 },
  cleanups: { runs: 10, bytesGivenBack: 4e6 },
  captures: { opened: 3, released: 2, forgotten: 0 },
  queues: { most: 2, capacity: 3 },
  delivery: { produced: 1000, consumed: 700, dropped: 298 },
  zones: { geometries: 2, rasters: 2 },
  poolAllocations: 0,
  copies: { made: 10, needless: 0 },
  monitorSamples: 30,
  scoped: { live: 5, forgotten: 0 },
};

test('the ids are the checklist’s, in its order', () => {
  expect(Object.keys(auditTitles)).toEqual([
    'release-gpu-tensors',
    'empty-cache-periodically',
    'release-capture-and-writer',
    'bounded-queues',
    'skip-old-frames',
    'cache-masks-and-polygons',
    'release-intermediates',
    'in-place-operations',
    'monitor-memory',
    'scoped-resources',
  ]);
});

test('a good run passes all ten, and each evidence names the device and a figure that is not our own', () => {
  const { schema, items, passed, failed, unknown } = auditMemory(good);
  expect({ schema, passed, failed, unknown }).toEqual({
    schema: 'plateau.audit/1',
    passed: 10,
    failed: 0,
    unknown: 0,
  });
  for (const { evidence } of items) expect(evidence).toMatch(/RSS 201\.0 MB \(\+1\.0 MB\); on cpu$/);
});

test('nothing measured is all unknown', () => {
  expect(auditMemory({ device: 'cpu' })).toMatchObject({ passed: 0, failed: 0, unknown: 10 });
});

test('our own counters alone prove nothing', () => {
  const { memory: _, ...counters } = good;
  expect(auditMemory(counters)).toMatchObject({ passed: 0, unknown: 10 });
});

const spoilt: readonly [AuditId, Partial<AuditEvidence>][] = [
  ['release-gpu-tensors', { tensors: { made: 2000, released: 1999 } }],
  ['release-gpu-tensors', { tensors: { made: 0, released: 0 } }],
  ['empty-cache-periodically', { cleanups: { runs: 0, bytesGivenBack: 0 } }],
  ['release-capture-and-writer', { captures: { opened: 3, released: 2, forgotten: 1 } }],
  ['bounded-queues', { queues: { most: 4, capacity: 3 } }],
  ['skip-old-frames', { delivery: { produced: 1000, consumed: 700, dropped: 200 } }],
  ['cache-masks-and-polygons', { zones: { geometries: 2, rasters: 1000 } }],
  ['release-intermediates', { poolAllocations: 1 }],
  ['in-place-operations', { copies: { made: 10, needless: 3 } }],
  ['monitor-memory', { monitorSamples: 0 }],
  ['scoped-resources', { scoped: { live: 5, forgotten: 1 } }],
];

describe.each(spoilt)('%s', (id, fault) => {
  test(`fails with ${JSON.stringify(fault)}, and no other item does`, () => {
    const { items } = auditMemory({ ...good, ...fault });
    const failed = items.filter((item) => item.status === 'fail').map((item) => item.id);
    expect(failed).toEqual([id]);
  });
});

test('buffers that grow fail both rules that rest on them, though all counters agree', () => {
  const memory = { before, after: { ...before, arrayBufferBytes: before.arrayBufferBytes + 1e6 } };
  const failed = auditMemory({ ...good, memory }).items.filter((item) => item.status === 'fail');
  expect(failed.map((item) => item.id)).toEqual(['release-gpu-tensors', 'release-intermediates']);
});
