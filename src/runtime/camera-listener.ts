import { fromErrorMessage, type PlateauError } from '../errors.ts';
import type { Decision, FromCapture, FromInference, SourceGeometryNote } from './thread-protocol.ts';

/** What the capture thread says of one camera, by type. */
export type Said<Type extends FromCapture['type']> = Extract<FromCapture, { type: Type }>;

/** What one camera's owner hears; all on the main thread. */
export interface CameraListener {
  onDecision(decision: Decision): void;
  onOpened?(message: Said<'opened'>): void;
  onState?(message: Said<'state'>): void;
  onSoftwareDecoding?(message: Said<'software-decoding'>): void;
  onProgress?(message: Said<'progress'>): void;
  onPicture?(message: Said<'picture'>): void;
  onEnded?(message: Said<'ended'>): void;
  /** The source's pictures have come in a size for the first time, or in another one. */
  onGeometry?(note: SourceGeometryNote): void;
  /** This camera cannot be decided; nothing more comes from it. */
  onFailed(error: PlateauError): void;
}

/** Messages that are about one camera. */
export type CameraMessage =
  | Said<'opened' | 'state' | 'software-decoding' | 'progress' | 'picture' | 'ended'>
  | Extract<FromInference, { type: 'decision' | 'geometry' | 'camera-failed' }>;

export function isCameraMessage(message: FromCapture | FromInference): message is CameraMessage {
  return 'decision' in message || ('camera' in message && message.type !== 'removed');
}

export function cameraOf(message: CameraMessage): number {
  return message.type === 'decision' ? message.decision.camera : message.camera;
}

/** Tells a camera's owner what a thread said of it. */
export function deliver(message: CameraMessage, listener: CameraListener): void {
  switch (message.type) {
    case 'decision':
      listener.onDecision(message.decision);
      break;
    case 'geometry':
      listener.onGeometry?.(message);
      break;
    case 'camera-failed':
      listener.onFailed(fromErrorMessage(message.error));
      break;
    case 'opened':
      listener.onOpened?.(message);
      break;
    case 'state':
      listener.onState?.(message);
      break;
    case 'software-decoding':
      listener.onSoftwareDecoding?.(message);
      break;
    case 'progress':
      listener.onProgress?.(message);
      break;
    case 'picture':
      listener.onPicture?.(message);
      break;
    case 'ended':
      listener.onEnded?.(message);
      break;
  }
}
