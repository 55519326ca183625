import type { FrameRing } from '@plateau/memory';
import type { ModelDescription } from '../vision/yolo/model-description.ts';
import { defaults } from './defaults.ts';
import { measuredClassId } from './measured-class.ts';
import type { PicturePlan } from './picture-placement.ts';
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
      plan: picturePlan(camera, model),
      zones,
      className: model.classes[classId],
      capture: camera.capture,
    },
  };
}

/** How this camera's pictures are brought into the model's input. */
export function picturePlan({ capture, zones }: CameraSettings, model: ModelDescription): PicturePlan {
  const { input, dynamic, stride } = model;
  return { input, dynamic, stride, cropTo: capture.crop ? zones.map(({ zone }) => zone) : null };
}
