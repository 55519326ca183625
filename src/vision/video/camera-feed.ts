/**
 * A source that never gives up: it connects, reads, notices when pictures stop, and connects again after growing
 * waits. All reading from the network is asynchronous, so many feeds run in one thread and none holds up another.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { PlateauError } from '../../errors.ts';
import { maskSecrets } from '../../mask-secrets.ts';
import type { DecoderChoice } from './decoder-choice.ts';
import { Pacer } from './pacer.ts';
import type { DecodingEffort } from './picture-decoder.ts';
import { ReconnectBackoff } from './reconnect-backoff.ts';
import { requireWithin } from './require-within.ts';
import type { Transport } from './stream-connection.ts';
import { VideoCapture } from './video-capture.ts';
import { addCounters, type VideoCounters, zeroCounters } from './video-counters.ts';
import type { VideoFrame } from './video-frame.ts';
import type { VideoInfo } from './video-info.ts';

/** `stalled`: connected, but no picture for `stallSeconds`. `waiting`: lost; the next try comes after a pause. */
export type FeedState = 'connecting' | 'live' | 'stalled' | 'waiting';

export interface CameraFeedOptions {
  readonly source: string;
  /** Name of the camera in the ledger. */
  readonly camera?: string;
  readonly transport?: Transport;
  /** Time limit of each step of connecting, and of waiting for any data at all. 5 by default. */
  readonly timeoutSeconds?: number;
  /** After this time without a picture the source counts as stalled and is connected anew. 5 by default. */
  readonly stallSeconds?: number;
  /** Begin a recording again at its end. Without it the feed ends with the recording. */
  readonly loop?: boolean;
  readonly decoderThreads?: number;
  /** Who decodes; `software` by default. */
  readonly decoder?: DecoderChoice;
  /** Called once for each connection whose pictures software has to decode although `decoder` names hardware. */
  readonly onSoftware?: (reason: string) => void;
  /** Called once for each connection. */
  readonly onOpened?: (info: VideoInfo) => void;
  /** Called at each change. The reason is one masked sentence for `stalled` and `waiting`, else null. */
  readonly onState?: (state: FeedState, reason: string | null) => void;
  /** The picture is borrowed for the call: `clone()` keeps one. */
  readonly onFrame: (frame: VideoFrame) => void;
  /** Jitter of the waits; `Math.random` by default. */
  readonly random?: () => number;
  /** Monotonic seconds; `performance.now` by default. */
  readonly clock?: () => number;
}

export interface FeedCounters extends VideoCounters {
  /** Connections that delivered a picture, less the first. */
  reconnects: number;
  /** Times at which pictures stopped although the connection stood. */
  stalls: number;
}

/** A connection that delivered for so long was a good one: the next wait is the shortest again. */
const goodSeconds = 10;

export class CameraFeed implements AsyncDisposable {
  readonly #options: CameraFeedOptions;
  readonly #stallSeconds: number;
  readonly #clock: () => number;
  readonly #backoff: ReconnectBackoff;
  readonly #stop = new AbortController();
  readonly #past: FeedCounters = { ...zeroCounters(), reconnects: 0, stalls: 0 };
  #capture: VideoCapture | undefined;
  #connections = 0;
  #state: FeedState | undefined;
  #effort: DecodingEffort = 'all';
  #running: Promise<void> | undefined;

  /** @throws RangeError for a time that no timer can hold. */
  constructor(options: CameraFeedOptions) {
    this.#options = options;
    this.#stallSeconds = options.stallSeconds ?? 5;
    requireWithin('stallSeconds', this.#stallSeconds, 0.001, 86_400);
    this.#clock = options.clock ?? (() => performance.now() / 1000);
    this.#backoff = new ReconnectBackoff(options.random ?? Math.random);
  }

  get state(): FeedState | undefined {
    return this.#state;
  }

  /** Sums over all connections so far. */
  get counters(): FeedCounters {
    const sum = { ...this.#past };
    if (this.#capture !== undefined) addCounters(sum, this.#capture.counters);
    return sum;
  }

  /** How much of the stream is decoded; kept over reconnects. */
  get effort(): DecodingEffort {
    return this.#effort;
  }

  set effort(effort: DecodingEffort) {
    this.#effort = effort;
    if (this.#capture !== undefined) this.#capture.effort = effort;
  }

  /**
   * Runs until `stop`, or until a recording without `loop` ends.
   * @throws PlateauError where trying again cannot help: a wrong address, a recording that cannot be read. What
   *   `onFrame` throws ends the feed as well.
   */
  run(): Promise<void> {
    this.#running ??= this.#run();
    return this.#running;
  }

  /** Ends the feed within milliseconds, whatever it is waiting for. `run` resolves once all is closed. */
  stop(): void {
    this.#stop.abort(new DOMException('the feed was stopped', 'AbortError'));
    this.#capture?.interrupt();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.stop();
    // Whoever runs the feed gets its error; here only its end matters.
    await Promise.allSettled([this.#running]);
  }

  async #run(): Promise<void> {
    while (!this.#stop.signal.aborted) {
      const ended = await this.#connectOnce();
      if (ended === 'end') return;
      await this.#wait(ended);
    }
  }

  /** @returns `end` where there is nothing more to come, or the fault after which to try again. */
  async #connectOnce(): Promise<'end' | PlateauError> {
    const { signal } = this.#stop;
    this.#enter('connecting', null);
    try {
      await using capture = await VideoCapture.open(this.#options.source, {
        ...this.#captureOptions(),
        signal,
      });
      this.#capture = capture;
      capture.effort = this.#effort;
      try {
        this.#options.onOpened?.(capture.info);
        await this.#readOn(capture);
        return 'end';
      } finally {
        addCounters(this.#past, capture.counters);
        this.#capture = undefined;
      }
    } catch (error) {
      return this.#faultOf(error);
    }
  }

  /** Tells a fault that may pass from one that will not, and from the end that `stop` makes. */
  #faultOf(error: unknown): 'end' | PlateauError {
    if (this.#stop.signal.aborted) return 'end';
    if (error instanceof PlateauError && mayPass(error, this.#options.source)) return error;
    throw error;
  }

  #captureOptions(): object {
    const { camera, transport, timeoutSeconds, loop, decoderThreads, decoder, onSoftware } = this.#options;
    const given = { camera, transport, timeoutSeconds, loop, decoderThreads, decoder, onSoftware };
    return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
  }

  async #readOn(capture: VideoCapture): Promise<void> {
    const { signal } = this.#stop;
    const stallSeconds = this.#stallSeconds;
    const { info } = capture;
    const pacer = info.live ? undefined : new Pacer(this.#clock);
    let stalled = false;
    const watchdog = setTimeout(() => {
      stalled = true;
      capture.interrupt();
    }, stallSeconds * 1000);
    try {
      const began = this.#clock();
      for (let frame = await capture.read(); frame !== undefined; frame = await capture.read()) {
        if (pacer === undefined) watchdog.refresh();
        else await pacer.until(frame, signal);
        if (signal.aborted) return;
        this.#live(began);
        this.#options.onFrame(frame);
        if (pacer !== undefined) {
          await nextTurn();
          watchdog.refresh();
        }
      }
    } catch (error) {
      const silent = error instanceof PlateauError && error.code === 'ERR_SOURCE_STALLED';
      if (signal.aborted || !(stalled || silent)) throw error;
      this.#past.stalls += 1;
      const fault = silent
        ? error
        : new PlateauError(
            'ERR_SOURCE_STALLED',
            `${info.label} sent no picture for ${stallSeconds} s: check the camera and the network between`,
            { cause: error },
          );
      this.#enter('stalled', fault.message);
      throw fault;
    } finally {
      clearTimeout(watchdog);
    }
  }

  #live(began: number): void {
    if (this.#state !== 'live') {
      this.#connections += 1;
      this.#past.reconnects = this.#connections - 1;
      this.#enter('live', null);
    }
    if (this.#backoff.failures > 0 && this.#clock() - began > goodSeconds) this.#backoff.reset();
  }

  async #wait(fault: PlateauError): Promise<void> {
    const seconds = this.#backoff.next({ refused: fault.code === 'ERR_SOURCE_REFUSED' });
    this.#enter('waiting', `${fault.message} (next try in ${seconds.toFixed(1)} s)`);
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, seconds * 1000);
    const wake = () => resolve();
    this.#stop.signal.addEventListener('abort', wake, { once: true });
    await promise;
    this.#stop.signal.removeEventListener('abort', wake);
    clearTimeout(timer);
  }

  #enter(state: FeedState, reason: string | null): void {
    this.#state = state;
    this.#options.onState?.(state, reason === null ? null : maskSecrets(reason));
  }
}

/** May time cure this? A recording does not get better by waiting; a camera or a device that is away may return. */
function mayPass(error: PlateauError, source: string): boolean {
  const isAddress = /^(?:rtsps?|https?):/i.test(source.trim());
  if (source.startsWith('/dev/')) return error.code.startsWith('ERR_SOURCE_');
  return isAddress && error.code.startsWith('ERR_SOURCE_');
}
