import { setImmediate as nextTurn } from 'node:timers/promises';
import { type MessagePort, receiveMessageOnPort } from 'node:worker_threads';
import { collectNow, type Doorbell, FrameRing } from '@plateau/memory';
import { PlateauError, toErrorMessage } from '../errors.ts';
import type { RunResults } from '../vision/yolo/yolo.ts';
import { InferenceCamera, type InferenceTools } from './inference-camera.ts';
import type { CameraId, Decision, FromInference, ThreadReport, ToInference } from './thread-protocol.ts';
import { threadReport } from './thread-report.ts';

/** Longest sleep without a look at the messages, milliseconds; the doorbell ends it earlier. */
const longestSleepMilliseconds = 250;

/**
 * The inference thread's whole life: takes the newest picture of each camera in turn and decides it. It sleeps on
 * the doorbell, which the capture thread rings for a picture and the main thread for a message.
 *
 * One owner of the model, instead of a lock around it.
 */
export class InferenceLoop implements Disposable {
  readonly #port: MessagePort;
  readonly #bell: Doorbell;
  readonly #tools: InferenceTools;
  readonly #cameras = new Map<CameraId, InferenceCamera>();
  readonly #past = { pictures: 0, zonesDrawn: 0 };
  /** The cameras, anew for each that comes or goes: a round ends with those that it began with. */
  #round: readonly InferenceCamera[] = [];
  /** Posting copies: one message will do for all decisions. */
  readonly #message: { type: 'decision'; decision: Decision | undefined } = {
    type: 'decision',
    decision: undefined,
  };
  #stopping = false;

  constructor(port: MessagePort, bell: Doorbell, tools: InferenceTools) {
    this.#port = port;
    this.#bell = bell;
    this.#tools = tools;
  }

  /** Runs until the message `stop`; an inference in hand is finished first. */
  async run(): Promise<void> {
    while (!this.#stopping) {
      const heard = this.#bell.value;
      this.#readMessages();
      let decided = false;
      let ran = false;
      // One picture of each camera that has one; so a fast camera cannot starve a slow one. A picture passes a single
      // `await`, that of the runtime: each further one, and each `async` function, costs its heap some hundred bytes.
      const round = this.#round;
      for (let place = 0; place < round.length && !this.#stopping; place += 1) {
        const camera = round[place];
        if (!camera.take()) continue;
        try {
          const running = camera.start();
          ran ||= running !== undefined;
          let results: RunResults | undefined;
          try {
            results = await running;
          } catch (cause) {
            await camera.fail(cause);
          }
          this.#postDecision(camera.decide(results));
          decided = true;
        } catch (error) {
          this.#giveUp(camera, error);
        } finally {
          camera.release();
        }
        this.#readMessages();
      }
      if (this.#stopping) break;
      if (!decided) this.#bell.wait(heard, longestSleepMilliseconds);
      // Finalizers and the runtime's own callbacks need a turn of the event loop; a run has had one.
      if (!ran) await nextTurn();
    }
  }

  report(): ThreadReport {
    const counts = { ...this.#past };
    for (const camera of this.#cameras.values()) addCounts(counts, camera.counts);
    const { made, released } = this.#tools.yolo.outputs;
    return threadReport(this.#tools.busy, { ...counts, outputsMade: made, outputsReleased: released });
  }

  #postDecision(decision: Decision): void {
    this.#message.decision = decision;
    this.#tools.post(this.#message as FromInference);
  }

  /** A camera whose zones do not fit its picture costs itself, and not the others. */
  #giveUp({ id }: InferenceCamera, error: unknown): void {
    // What fails in the model fails for all: the thread ends and is started again.
    if (!(error instanceof PlateauError) || error.code !== 'ERR_ZONE_INVALID') throw error;
    this.#remove(id);
    this.#tools.post({ type: 'camera-failed', camera: id, error: toErrorMessage(error) });
  }

  #remove(id: CameraId): void {
    const camera = this.#cameras.get(id);
    if (camera === undefined) return;
    this.#cameras.delete(id);
    this.#round = [...this.#cameras.values()];
    addCounts(this.#past, camera.counts);
    camera[Symbol.dispose]();
  }

  #readMessages(): void {
    for (
      let got = receiveMessageOnPort(this.#port);
      got !== undefined;
      got = receiveMessageOnPort(this.#port)
    ) {
      this.#handle(got.message as ToInference);
    }
  }

  #handle(message: ToInference): void {
    switch (message.type) {
      case 'add-camera':
        this.#cameras.set(
          message.camera,
          new InferenceCamera(
            message.camera,
            FrameRing.attach(message.ring),
            message.policy,
            message.watch,
            this.#tools,
          ),
        );
        this.#round = [...this.#cameras.values()];
        break;
      case 'remove-camera':
        this.#remove(message.camera);
        this.#tools.post({ type: 'removed', camera: message.camera });
        break;
      case 'report':
        if (message.collect) collectNow();
        this.#tools.post({ type: 'report', request: message.request, report: this.report() });
        break;
      case 'stop':
        this.#stopping = true;
        break;
    }
  }

  [Symbol.dispose](): void {
    for (const camera of this.#cameras.values()) camera[Symbol.dispose]();
    this.#cameras.clear();
  }
}

function addCounts(sum: { pictures: number; zonesDrawn: number }, one: InferenceCamera['counts']): void {
  sum.pictures += one.pictures;
  sum.zonesDrawn += one.zonesDrawn;
}
