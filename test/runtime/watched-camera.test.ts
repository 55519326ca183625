import { processSeconds } from '@plateau/memory';
import { expect, test } from 'vitest';
import { liveCapture } from '../../src/runtime/capture-settings.ts';
import { defaults } from '../../src/runtime/defaults.ts';
import type { Decision } from '../../src/runtime/thread-protocol.ts';
import { WatchedCamera, type WatchedCameraEvents } from '../../src/runtime/watched-camera.ts';
import { wholePicture } from '../../src/runtime/whole-picture.ts';

const nothing = (): void => undefined;

function watchedCamera(events: Partial<WatchedCameraEvents> = {}): WatchedCamera {
  return new WatchedCamera(
    {
      name: 'belt',
      zones: [{ zone: wholePicture, blockage: defaults.blockage }],
      capture: liveCapture('rtsp://camera.local/1'),
    },
    {
      onEvent: nothing,
      onState: nothing,
      onFailed: nothing,
      onResult: nothing,
      onSoftwareDecoding: nothing,
      onInput: nothing,
      onWarning: nothing,
      ...events,
    },
  );
}

const decision: Decision = {
  camera: 0,
  sequence: 1,
  timestampSeconds: 0,
  arrivalSeconds: 0,
  coverage: [0.5],
  unknownReason: null,
  discontinuity: false,
  wanted: false,
  mask: undefined,
};

const said = (camera: WatchedCamera, state: 'live' | 'stalled' | 'connecting'): void =>
  camera.onState({ type: 'state', camera: 0, state, reason: null });

test('a camera that was lost decides nothing: its last rate does not stand', () => {
  const camera = watchedCamera();
  said(camera, 'live');
  for (let picture = 0; picture < 3; picture += 1) camera.onDecision(decision);
  expect(camera.status.decisionsPerSecond).toBeGreaterThan(0);
  said(camera, 'stalled');
  expect(camera.status).toMatchObject({ state: 'stalled', decisionsPerSecond: 0 });
});

test('a camera that is called live but is not decided any more has no rate', () => {
  const camera = watchedCamera();
  said(camera, 'live');
  for (let picture = 0; picture < 3; picture += 1) camera.onDecision(decision);
  camera.expire(processSeconds() + 3600);
  expect(camera.status).toMatchObject({ state: 'live', decisionsPerSecond: 0 });
  expect(camera.status.zones[0].unknownReason).toMatch(/^no decision for \d+ s$/);
});

test('what is odd with the zones is told, and stands in the status', () => {
  const told: string[] = [];
  const camera = watchedCamera({ onWarning: (name, warning) => told.push(`${name}: ${warning}`) });
  const warnings = ['Zone "chute" reaches out of the picture.'];
  camera.onGeometry({ input: [320, 320], crop: { left: 0, top: 0, width: 640, height: 360 }, warnings });
  expect(told).toEqual(['belt: Zone "chute" reaches out of the picture.']);
  expect(camera.status.warnings).toEqual(warnings);
});
