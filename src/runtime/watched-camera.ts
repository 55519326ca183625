import { processSeconds } from '@plateau/memory';
import type { ZoneEvent } from '../alarms/zone-blockage.ts';
import { fromErrorMessage, PlateauError } from '../errors.ts';
import { maskSecrets } from '../mask-secrets.ts';
import type { PictureArea } from '../vision/letterbox.ts';
import type { InputSize } from '../vision/yolo/input-size.ts';
import type { CameraListener, Said } from './camera-listener.ts';
import { DecisionRate } from './decision-rate.ts';
import type { Pipeline } from './pipeline.ts';
import type { CameraSettings } from './settings.ts';
import type {
  CameraId,
  CameraState,
  CaptureCounters,
  Decision,
  SourceGeometryNote,
  SourceInfo,
} from './thread-protocol.ts';
import { type ZoneStatus, ZoneWatch } from './zone-watch.ts';

/** A change of a zone's state, with the wall-clock time at which it is shown and stored. */
export interface CameraEvent extends ZoneEvent {
  readonly camera: string;
  readonly zone: string;
  readonly at: Date;
}

export interface CameraStatus {
  readonly name: string;
  readonly source: string;
  readonly state: CameraState;
  readonly reason: string | null;
  readonly info: SourceInfo | null;
  /** [height, width] at which the model runs this source's pictures; null before the first. */
  readonly input: InputSize | null;
  readonly counters: CaptureCounters;
  readonly decided: number;
  readonly decisionsPerSecond: number;
  readonly zones: readonly ZoneStatus[];
  readonly warnings: readonly string[];
}

export interface WatchedCameraEvents {
  onEvent(event: CameraEvent): void;
  onState(camera: string, state: CameraState, reason: string | null): void;
  /** Nothing more comes from this camera, unless the pipeline is started again: trying cannot help. */
  onFailed(camera: string, error: PlateauError): void;
  /** A decision has come, and is dead once it was taken in. */
  onResult(decision: Decision): void;
  /** Software decodes although hardware was to; once for each reason. */
  onSoftwareDecoding(camera: string, reason: string): void;
  /** @param input [height, width] at which the model runs the camera's pictures, or what `crop` leaves of them. */
  onInput(camera: string, input: InputSize, crop: PictureArea): void;
  /** A sentence about what is odd with the camera's zones on its pictures. */
  onWarning(camera: string, warning: string): void;
}

/** A live camera on the main thread: its zones, its state, and the newest annotated picture for those who look. */
export class WatchedCamera implements CameraListener {
  readonly settings: CameraSettings;
  readonly #events: WatchedCameraEvents;
  readonly #zones: readonly ZoneWatch[];
  #pipeline: Pipeline | undefined;
  #hasFailed = false;
  #id: CameraId | undefined;
  #state: CameraState = 'connecting';
  #reason: string | null = null;
  #info: SourceInfo | null = null;
  #input: InputSize | null = null;
  #counters: CaptureCounters = { decoded: 0, damaged: 0, published: 0 };
  #warnings: readonly string[] = [];
  /** Why software decodes the present connection, and the reason that was told last. */
  #softwareReason: string | null = null;
  #toldReason: string | null = null;
  #decided = 0;
  #lastDecision = processSeconds();
  readonly #rate = new DecisionRate();
  #pictureWaiters: ((jpeg: Uint8Array | undefined) => void)[] = [];

  constructor(settings: CameraSettings, events: WatchedCameraEvents) {
    this.settings = settings;
    this.#events = events;
    this.#zones = settings.zones.map((zone) => new ZoneWatch(zone));
  }

  /** Begins, or begins again, on a pipeline; the zones' states outlive a pipeline that failed. */
  start(pipeline: Pipeline): void {
    this.#hasFailed = false;
    try {
      this.#id = pipeline.addCamera(this.settings, this);
    } catch (error) {
      // No memory for this camera: it costs itself, and the others are watched.
      if (!(error instanceof PlateauError) || error.code !== 'ERR_BUDGET_EXCEEDED') throw error;
      this.onFailed(error);
      return;
    }
    this.#pipeline = pipeline;
    this.#setState('connecting', null);
  }

  /** The pipeline is gone for now. */
  lose(reason: string): void {
    this.#pipeline = undefined;
    this.#id = undefined;
    this.#setState('waiting', reason);
    this.#answerPictures(undefined);
  }

  /** Nobody is answered any more, so that nothing waits when the monitor ends. */
  stop(): void {
    this.#pipeline = undefined;
    this.#answerPictures(undefined);
  }

  /** Declares values unknown whose picture is too old to speak for the present. */
  expire(nowSeconds: number): void {
    const { stallSeconds, intervalSeconds } = this.settings.capture;
    const patience = Math.max(stallSeconds, 3 * intervalSeconds);
    const age = nowSeconds - this.#lastDecision;
    if (this.#state === 'live' && age > patience) this.#loseZones(`no decision for ${age.toFixed(0)} s`);
  }

  /** The next annotated picture as JPEG; `undefined` when none comes within the time. */
  picture(timeoutMilliseconds: number): Promise<Uint8Array | undefined> {
    const { promise, resolve } = Promise.withResolvers<Uint8Array | undefined>();
    if (this.#pipeline === undefined || this.#id === undefined) return Promise.resolve(undefined);
    if (this.#pictureWaiters.length === 0 && !this.#pipeline.wantPicture(this.#id))
      return Promise.resolve(undefined);
    this.#pictureWaiters.push(resolve);
    const timer = setTimeout(() => {
      this.#pictureWaiters = this.#pictureWaiters.filter((waiter) => waiter !== resolve);
      resolve(undefined);
    }, timeoutMilliseconds);
    return promise.finally(() => clearTimeout(timer));
  }

  get status(): CameraStatus {
    return {
      name: this.settings.name,
      source: maskSecrets(this.settings.capture.source),
      state: this.#state,
      reason: this.#reason,
      info: this.#info,
      input: this.#input,
      counters: this.#counters,
      decided: this.#decided,
      decisionsPerSecond: this.#rate.perSecond,
      zones: this.#zones.map((zone) => zone.status),
      warnings: this.#softwareReason === null ? this.#warnings : [this.#softwareReason, ...this.#warnings],
    };
  }

  onOpened(message: Said<'opened'>): void {
    this.#info = message.info;
  }

  onState(message: Said<'state'>): void {
    // Each connection chooses its decoder anew.
    if (message.state === 'connecting') this.#softwareReason = null;
    this.#setState(message.state, message.reason);
  }

  onSoftwareDecoding({ reason }: Said<'software-decoding'>): void {
    this.#softwareReason = reason;
    // A camera that connects again and again says it once.
    if (reason !== this.#toldReason) this.#events.onSoftwareDecoding(this.settings.name, reason);
    this.#toldReason = reason;
  }

  onProgress(message: Said<'progress'>): void {
    this.#counters = message.counters;
  }

  onPicture(message: Said<'picture'>): void {
    this.#answerPictures(message.jpeg ?? undefined);
  }

  onEnded(message: Said<'ended'>): void {
    this.#counters = message.counters;
    const error = message.error === null ? null : fromErrorMessage(message.error);
    this.#setState('ended', error === null ? null : error.message);
    if (error !== null && !this.#hasFailed) this.#events.onFailed(this.settings.name, error);
  }

  onGeometry({ input, crop, warnings }: SourceGeometryNote): void {
    this.#input = input;
    this.#warnings = warnings;
    this.#events.onInput(this.settings.name, input, crop);
    for (const warning of warnings) this.#events.onWarning(this.settings.name, warning);
  }

  onFailed(error: PlateauError): void {
    this.#setState('ended', error.message);
    this.#events.onFailed(this.settings.name, error);
    // What its threads still say while they let go of it must not hide why.
    this.#hasFailed = true;
  }

  onDecision(decision: Decision): void {
    const { arrivalSeconds, coverage, unknownReason } = decision;
    this.#events.onResult(decision);
    for (const [index, zone] of this.#zones.entries()) {
      // Delays of a live camera follow the monotonic arrival: its own clock may run slow, or be set.
      const event = zone.update(arrivalSeconds, coverage === null ? null : coverage[index], unknownReason);
      if (event !== undefined)
        this.#events.onEvent({ ...event, camera: this.settings.name, zone: zone.name, at: new Date() });
    }
    this.#lastDecision = processSeconds();
    this.#rate.decided(this.#lastDecision);
    this.#decided += 1;
    if (decision.wanted && this.#pipeline !== undefined) {
      this.#pipeline.annotate(decision.camera, {
        sequence: decision.sequence,
        timestampSeconds: decision.timestampSeconds,
        mask: decision.mask,
        zones: this.#zones.map((zone) => zone.annotation),
        event: null,
      });
    }
  }

  #setState(state: CameraState, reason: string | null): void {
    if (this.#hasFailed) return;
    const changed = state !== this.#state || reason !== this.#reason;
    this.#state = state;
    this.#reason = reason;
    if (state !== 'live') this.#loseZones(reason ?? `the camera is ${state}`);
    if (changed) this.#events.onState(this.settings.name, state, reason);
  }

  #loseZones(reason: string): void {
    this.#rate.breakOff();
    for (const zone of this.#zones) zone.lose(reason);
  }

  #answerPictures(jpeg: Uint8Array | undefined): void {
    for (const answer of this.#pictureWaiters) answer(jpeg);
    this.#pictureWaiters = [];
  }
}
