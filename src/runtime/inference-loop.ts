import { setImmediate as nextTurn } from 'node:timers/promises';
import { type MessagePort, receiveMessageOnPort } from 'node:worker_threads';
import { type Doorbell, FrameRing } from '@plateau/memory';
import { collectGarbage } from './collect-garbage.ts';
import { InferenceCamera, type InferenceTools } from './inference-camera.ts';
import type { CameraId, FromInference, ThreadReport, ToInference } from './thread-protocol.ts';
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
    return threadReport(this.#tools.busy);
  }

  /** One picture of each camera that has one; so a fast camera cannot starve a slow one. */
  async #decideRound(): Promise<boolean> {
    let decided = false;
    for (const camera of this.#cameras.values()) {
      const decision = await camera.decideNext();
      if (decision !== undefined) {
        decided = true;
        this.#post({ type: 'decision', decision });
      }
      this.#readMessages();
      if (this.#stopping) break;
    }
    return decided;
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
        this.#cameras.get(message.camera)?.[Symbol.dispose]();
        this.#cameras.delete(message.camera);
        this.#post({ type: 'removed', camera: message.camera });
        break;
      case 'report':
        if (message.collect) collectGarbage();
        this.#post({ type: 'report', request: message.request, report: this.report() });
        break;
      case 'stop':
        this.#stopping = true;
        break;
    }
  }

  #post(message: FromInference): void {
    this.#port.postMessage(message);
  }

  [Symbol.dispose](): void {
    for (const camera of this.#cameras.values()) camera[Symbol.dispose]();
    this.#cameras.clear();
  }
}
