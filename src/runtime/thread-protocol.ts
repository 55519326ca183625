/**
 * What the threads say to each other: small plain messages. Pixels never travel this way; they lie in the
 * camera's `FrameRing`.
 */
import type {
  BusyGuardHandle,
  DoorbellHandle,
  FrameRingHandle,
  LeakLevel,
  LedgerSnapshot,
  ThreadMemory,
} from '@plateau/memory';
import type { ErrorMessage } from '../errors.ts';
import type { PictureArea } from '../vision/letterbox.ts';
import type { DecoderChoice } from '../vision/video/decoder-choice.ts';
import type { InputSize } from '../vision/yolo/input-size.ts';
import type { MaskBits } from '../vision/yolo/mask-bits.ts';
import type { ModelDescription } from '../vision/yolo/model-description.ts';
import type { ZoneDefinition } from '../vision/zones/polygon-zone.ts';
import type { PicturePlan } from './picture-placement.ts';

/** Index of a camera within one pipeline; stable for its life and never used twice. */
export type CameraId = number;

/** Fields of a ring slot's metadata, by index. All are float64. */
export const slotField = {
  /** Source time of the picture, seconds. */
  timestampSeconds: 0,
  /** Monotonic time at which the picture came out of the decoder, seconds. */
  arrivalSeconds: 1,
  sourceWidth: 2,
  sourceHeight: 3,
  /** 1 where the picture's content cannot be trusted (after a lost key frame): its pixels were not even scaled. */
  unknown: 4,
  /** 1 where somebody looks: the picture is held back, and its union mask is wanted along with the decision. */
  wanted: 5,
  /** Number of the picture within its camera's life, from 1; pairs a decision with its picture. */
  sequence: 6,
  /** 1 where the source's time broke off ahead of this picture: no duration may be measured across it. */
  discontinuity: 7,
  /** Size of the model's input that the slot holds; for a model of open size it follows the source. */
  inputWidth: 8,
  inputHeight: 9,
  /** The part of the source that the input shows, pixels. */
  cropLeft: 10,
  cropTop: 11,
  cropWidth: 12,
  cropHeight: 13,
} as const;
export const slotFieldCount = 14;

/** What the inference thread says about one picture. */
export interface Decision {
  readonly camera: CameraId;
  readonly sequence: number;
  readonly timestampSeconds: number;
  readonly arrivalSeconds: number;
  /** Coverage per zone, in the zones' order; `null` where it cannot be known. */
  readonly coverage: readonly number[] | null;
  /** Why coverage is `null`, where it is for another reason than that the picture cannot be trusted. */
  readonly unknownReason: string | null;
  /** The source's time broke off ahead of this picture: what lay before it counts for no delay. */
  readonly discontinuity: boolean;
  /** Somebody wants to see this picture: it waits in the capture thread for its annotation. */
  readonly wanted: boolean;
  /** The union of the masks, where the picture is wanted and can be trusted. */
  readonly mask: MaskBits | undefined;
}

/** What follows from the size of a source's pictures. */
export interface SourceGeometryNote {
  /** [height, width] at which the model runs them. */
  readonly input: InputSize;
  /** The part of the picture that the model sees. */
  readonly crop: PictureArea;
  /** What is odd about the zones there, a sentence each. */
  readonly warnings: readonly string[];
}

export interface CameraZones {
  readonly zones: readonly ZoneDefinition[];
  /** Class ids whose masks count as covering. */
  readonly classIds: readonly number[];
  readonly confidence: number;
  readonly iou: number;
}

export type ToInference =
  | {
      readonly type: 'add-camera';
      readonly camera: CameraId;
      readonly name: string;
      readonly ring: FrameRingHandle;
      readonly policy: CaptureSettings['policy'];
      readonly watch: CameraZones;
    }
  | { readonly type: 'remove-camera'; readonly camera: CameraId }
  | { readonly type: 'report'; readonly request: number; readonly collect: boolean }
  | { readonly type: 'stop' };

export interface ThreadReport {
  readonly ledger: LedgerSnapshot;
  readonly memory: ThreadMemory;
  /** Counts of the thread's work since its start, for those who check that it does what it promises. */
  readonly counts: Readonly<Record<string, number>>;
  /** Busy seconds by stage since the start of the thread. */
  readonly busySeconds: Readonly<Record<string, number>>;
}

export type FromInference =
  | { readonly type: 'ready'; readonly model: ModelDescription }
  | { readonly type: 'decision'; readonly decision: Decision }
  /** The source's pictures have come in a size for the first time, or in another one. */
  | ({ readonly type: 'geometry'; readonly camera: CameraId } & SourceGeometryNote)
  /** This camera cannot be decided, say because a zone lies outside of its picture; the others go on. */
  | { readonly type: 'camera-failed'; readonly camera: CameraId; readonly error: ErrorMessage }
  | { readonly type: 'removed'; readonly camera: CameraId }
  | { readonly type: 'report'; readonly request: number; readonly report: ThreadReport }
  | { readonly type: 'failed'; readonly error: ErrorMessage }
  | { readonly type: 'stopped'; readonly report: ThreadReport };

/** How a camera's pictures are taken. */
export interface CaptureSettings {
  readonly source: string;
  /**
   * `every`: each due picture is decided, the reader waits for the model (recordings).
   * `newest`: the newest picture wins (cameras); a file is played in real time.
   */
  readonly policy: 'every' | 'newest';
  readonly loop: boolean;
  readonly transport: 'auto' | 'tcp' | 'udp';
  /** Who decodes; software where what is named cannot. */
  readonly decoder: DecoderChoice;
  readonly timeoutSeconds: number;
  readonly stallSeconds: number;
  /** Seconds between decisions; 0 takes every picture. */
  readonly intervalSeconds: number;
  /** Every n-th picture is due. */
  readonly stride: number;
  /** Show the model the surroundings of the zones only, instead of the whole picture. */
  readonly crop: boolean;
  /** File of the annotated video, for policy `every`. */
  readonly output: string | null;
  /** Where pictures of events go with the masks found, as labels for training; for policy `every`. */
  readonly exportLabels: string | null;
}

/** What is drawn over a picture. */
export interface Annotation {
  readonly sequence: number;
  readonly timestampSeconds: number;
  readonly mask: MaskBits | undefined;
  readonly zones: readonly AnnotatedZone[];
  /** What happened at this picture, such as `chute-blocked`; `null` where nothing did. */
  readonly event: string | null;
}

export interface AnnotatedZone {
  readonly name: string;
  readonly coverage: number | null;
  readonly state: 'clear' | 'blocked';
}

export type ToCapture =
  | {
      readonly type: 'add-camera';
      readonly camera: CameraId;
      readonly name: string;
      readonly ring: FrameRingHandle;
      readonly plan: PicturePlan;
      readonly zones: readonly ZoneDefinition[];
      /** Name of the class that is measured. */
      readonly className: string;
      readonly capture: CaptureSettings;
    }
  | { readonly type: 'remove-camera'; readonly camera: CameraId }
  /** The next due picture is wanted as a JPEG, annotated. */
  | { readonly type: 'want-picture'; readonly camera: CameraId }
  | { readonly type: 'annotate'; readonly camera: CameraId; readonly annotation: Annotation }
  | { readonly type: 'report'; readonly request: number; readonly collect: boolean }
  | { readonly type: 'stop' };

/** A camera as the capture thread gets it. */
export type CaptureOrder = Extract<ToCapture, { type: 'add-camera' }>;

export interface SourceInfo {
  readonly codec: string;
  /** Size as players show it. */
  readonly width: number;
  readonly height: number;
  readonly rotationDegrees: number;
  readonly frameRate: number | undefined;
  readonly durationSeconds: number | undefined;
  readonly frameCountEstimate: number | undefined;
  readonly live: boolean;
}

export interface CaptureCounters {
  readonly decoded: number;
  readonly damaged: number;
  /** Pictures handed to the model. */
  readonly published: number;
}

export type CameraState = 'connecting' | 'live' | 'stalled' | 'waiting' | 'ended';

export type FromCapture =
  | { readonly type: 'opened'; readonly camera: CameraId; readonly info: SourceInfo }
  | {
      readonly type: 'state';
      readonly camera: CameraId;
      readonly state: CameraState;
      readonly reason: string | null;
    }
  /** Software decodes a live camera's pictures, until it connects again, although its settings name hardware. */
  | { readonly type: 'software-decoding'; readonly camera: CameraId; readonly reason: string }
  | {
      readonly type: 'progress';
      readonly camera: CameraId;
      readonly counters: CaptureCounters;
    }
  /** An annotated picture that was wanted, or why it could not be made. */
  | {
      readonly type: 'picture';
      readonly camera: CameraId;
      readonly jpeg: Uint8Array<ArrayBuffer> | null;
      readonly error: ErrorMessage | null;
    }
  /** A recording is over, or a source cannot be used; nothing more comes from this camera. */
  | {
      readonly type: 'ended';
      readonly camera: CameraId;
      readonly counters: CaptureCounters;
      readonly truncatedAt: number | null;
      /** What a reader of the results should know of the source and the annotated video, a sentence each. */
      readonly warnings: readonly string[];
      readonly error: ErrorMessage | null;
    }
  | { readonly type: 'removed'; readonly camera: CameraId }
  | { readonly type: 'report'; readonly request: number; readonly report: ThreadReport }
  | { readonly type: 'failed'; readonly error: ErrorMessage }
  | { readonly type: 'stopped'; readonly report: ThreadReport };

export interface InferenceThreadData {
  readonly model: string;
  readonly names: readonly string[] | null;
  readonly device: 'auto' | 'cpu' | 'webgpu' | 'cuda';
  /** `null`: by measurement. */
  readonly threads: number | null;
  /** The most that the runtime may take; `undefined` is no limit. */
  readonly memoryLimitBytes: number | undefined;
  readonly doorbell: DoorbellHandle;
  readonly guard: BusyGuardHandle;
  readonly leakLevel: LeakLevel;
}

export interface CaptureThreadData {
  readonly doorbell: DoorbellHandle;
  readonly leakLevel: LeakLevel;
}
