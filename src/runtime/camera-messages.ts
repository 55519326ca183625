import type { FrameRing } from '@plateau/memory';
import type { ModelDescription } from '../vision/yolo/model-description.ts';
import { defaults } from './defaults.ts';
import { measuredClassId } from './measured-class.ts';
import type { CameraSettings, ModelSettings } from './settings.ts';
import type { CameraId, ToCapture, ToInference } from './thread-protocol.ts';

/** What each thread has to know of a new camera, whose pictures go through this ring. */
export function cameraMessages(
  id: CameraId,
  camera: CameraSettings,
  ring: FrameRing,
  model: ModelDescription,
  settings: ModelSettings,
): { toInference: ToInference; toCapture: ToCapture } {
  const zones = camera.zones.map(({ zone }) => zone);
  const classId = measuredClassId(model.classes, settings.className);
  const shared = { type: 'add-camera', camera: id, name: camera.name, ring: ring.handle } as const;
  return {
    toInference: {
      ...shared,
      policy: camera.capture.policy,
      watch: { zones, classIds: [classId], confidence: settings.confidence, iou: defaults.iou },
    },
    toCapture: {
      ...shared,
      plan: {
        input: model.input,
        dynamic: model.dynamic,
        stride: model.stride,
        cropTo: camera.capture.crop ? zones : null,
      },
      zones,
      className: model.classes[classId],
      capture: camera.capture,
    },
  };
}
