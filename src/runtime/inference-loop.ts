import { setImmediate as nextTurn } from 'node:timers/promises';
import { type MessagePort, receiveMessageOnPort } from 'node:worker_threads';
import { collectNow, type Doorbell, FrameRing } from '@plateau/memory';
import { PlateauError, toErrorMessage } from '../errors.ts';
import { InferenceCamera, type InferenceTools } from './inference-camera.ts';
import type { CameraId, Decision, ThreadReport, ToInference } from './thread-protocol.ts';
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
      const decided = await this.#decideRound();
      if (this.#stopping) break;
      if (!decided) this.#bell.wait(heard, longestSleepMilliseconds);
      // Finalizers and the runtime's own callbacks need a turn of the event loop.
      await nextTurn();
    }
  }

  report(): ThreadReport {
    const counts = { ...this.#past };
    for (const camera of this.#cameras.values()) addCounts(counts, camera.counts);
    const { made, released } = this.#tools.yolo.outputs;
    return threadReport(this.#tools.busy, { ...counts, outputsMade: made, outputsReleased: released });
  }

  /** One picture of each camera that has one; so a fast camera cannot starve a slow one. */
  async #decideRound(): Promise<boolean> {
    let decided = false;
    for (const [id, camera] of this.#cameras) {
      const decision = await this.#decide(id, camera);
      if (decision !== undefined) {
        decided = true;
        this.#tools.post({ type: 'decision', decision });
      }
      this.#readMessages();
      if (this.#stopping) break;
    }
    return decided;
  }

  /** A camera whose zones do not fit its picture costs itself, and not the others. */
  async #decide(id: CameraId, camera: InferenceCamera): Promise<Decision | undefined> {
    try {
      return await camera.decideNext();
    } catch (error) {
      // What fails in the model fails for all: the thread ends and is started again.
      if (!(error instanceof PlateauError) || error.code !== 'ERR_ZONE_INVALID') throw error;
      this.#remove(id);
      this.#tools.post({ type: 'camera-failed', camera: id, error: toErrorMessage(error) });
      return undefined;
    }
  }

  #remove(id: CameraId): void {
    const camera = this.#cameras.get(id);
    if (camera === undefined) return;
    this.#cameras.delete(id);
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
