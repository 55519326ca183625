import { BusyGuard, FrameRing, Ledger, SlabPool } from '@plateau/memory';
import { expect, test } from 'vitest';
import { PlateauError } from '../../src/errors.ts';
import { BusyTime } from '../../src/runtime/busy-time.ts';
import { defaults } from '../../src/runtime/defaults.ts';
import { InferenceCamera } from '../../src/runtime/inference-camera.ts';
import { type Decision, slotField, slotFieldCount } from '../../src/runtime/thread-protocol.ts';
import { wholePicture } from '../../src/runtime/whole-picture.ts';
import { Detections } from '../../src/vision/yolo/detections.ts';
import { type RunResults, Yolo } from '../../src/vision/yolo/yolo.ts';
import { KnownAnswerFolder } from '../support/known-answer-files.ts';

test('a run that the memory’s limit refuses leaves its picture unknown with the reason, and the next one is decided', async () => {
  using models = new KnownAnswerFolder();
  await using yolo = await Yolo.open(models.write({ height: 64, width: 64 }), { device: 'cpu' });
  const start = yolo.start.bind(yolo);
  let refuse = true;
  yolo.start = (input) => {
    if (!refuse) return start(input);
    refuse = false;
    return Promise.reject(new PlateauError('ERR_BUDGET_EXCEEDED', 'A run asked for too much.'));
  };
  await expectFirstUnknown(yolo, 'A run asked for too much.');
});

test.for(['output0', 'output1'])(
  'a NaN in %s leaves the picture unknown instead of empty, and the next one is decided',
  async (name) => {
    using models = new KnownAnswerFolder();
    await using yolo = await Yolo.open(models.write({ height: 64, width: 64 }), { device: 'cpu' });
    const start = yolo.start.bind(yolo);
    let spoil = true;
    yolo.start = async (input) => {
      const results = await start(input);
      if (spoil) (results[name].data as Float32Array)[7] = Number.NaN;
      spoil = false;
      return results;
    };
    await expectFirstUnknown(yolo, expect.stringMatching(/no numbers \(NaN\)/));
    expect(yolo.outputs).toEqual({ made: 2, released: 2 });
  },
);

/** Decides two white pictures: the first is unknown with this reason, the second covered. */
async function expectFirstUnknown(yolo: Yolo, reason: string): Promise<void> {
  using slabs = new SlabPool({ ledger: new Ledger({ clock: () => 0, thread: 'test' }) });
  using ring = FrameRing.allocate(slabs, {
    slots: defaults.ringSlots,
    slotByteLength: 3 * 64 * 64 * 4,
    metadataFields: slotFieldCount,
  });
  const guard = BusyGuard.create();
  const tools = {
    yolo,
    guard,
    detections: new Detections(defaults.maxDetections, yolo.model.maskChannels),
    busy: new BusyTime(),
    post: () => undefined,
  };
  const watch = { zones: [wholePicture], classIds: [0], confidence: 0.5, iou: defaults.iou };
  using camera = new InferenceCamera(0, ring, 'every', watch, tools);
  using writer = ring.writer({ overwrite: false });
  for (let sequence = 1; sequence <= 2; sequence += 1) {
    using slot = writer.acquire();
    if (slot === undefined) throw new Error('no slot');
    new Float32Array(slot.bytes.buffer, slot.bytes.byteOffset, 3 * 64 * 64).fill(1);
    slot.metadata[slotField.sequence] = sequence;
    for (const field of ['sourceWidth', 'inputWidth', 'cropWidth'] as const)
      slot.metadata[slotField[field]] = 64;
    for (const field of ['sourceHeight', 'inputHeight', 'cropHeight'] as const)
      slot.metadata[slotField[field]] = 64;
    slot.publish();
  }
  expect(await decideNext(camera)).toMatchObject({
    sequence: 1,
    coverage: null,
    unknownReason: reason,
  });
  expect(guard.busy).toBe(false);
  expect(await decideNext(camera)).toMatchObject({ sequence: 2, coverage: [1], unknownReason: null });
  expect(camera.take()).toBe(false);
}

/** As the loop does it. */
async function decideNext(camera: InferenceCamera): Promise<Decision> {
  expect(camera.take()).toBe(true);
  let results: RunResults | undefined;
  try {
    results = await camera.start();
  } catch (cause) {
    await camera.fail(cause);
  }
  const decision = structuredClone(camera.decide(results));
  camera.release();
  return decision;
}
