import type { MessagePort } from 'node:worker_threads';
import { collectNow, type Doorbell } from '@plateau/memory';
import { BusyTime } from './busy-time.ts';
import { CaptureCamera, type CaptureTools } from './capture-camera.ts';
import type { CameraId, FromCapture, ThreadReport, ToCapture } from './thread-protocol.ts';
import { threadReport } from './thread-report.ts';

/** The capture thread's whole life: several cameras, all read asynchronously, until the message `stop`. */
export class CaptureLoop {
  readonly #port: MessagePort;
  readonly #tools: CaptureTools;
  readonly #cameras = new Map<CameraId, CaptureCamera>();
  /** Removals under way: the thread must not end before what they hold is released. */
  readonly #leaving = new Set<Promise<void>>();

  constructor(port: MessagePort, bell: Doorbell) {
    this.#port = port;
    this.#tools = {
      bell,
      busy: new BusyTime(),
      post: (message, transfer = []) => port.postMessage(message, transfer),
    };
  }

  /** Serves messages and resolves after `stop`, when every camera has let go of what it held. */
  async run(): Promise<void> {
    const stopped = Promise.withResolvers<void>();
    this.#port.on('message', (message: ToCapture) => {
      if (message.type === 'stop') stopped.resolve();
      else this.#handle(message);
    });
    await stopped.promise;
    for (const camera of [...this.#cameras.keys()]) void this.#remove(camera);
    await Promise.all(this.#leaving);
  }

  report(): ThreadReport {
    return threadReport(this.#tools.busy, {});
  }

  #handle(message: Exclude<ToCapture, { type: 'stop' }>): void {
    switch (message.type) {
      case 'add-camera':
        this.#cameras.set(message.camera, new CaptureCamera(message, this.#tools));
        break;
      case 'remove-camera':
        void this.#remove(message.camera).then(() => this.#post({ type: 'removed', camera: message.camera }));
        break;
      case 'want-picture':
        this.#cameras.get(message.camera)?.wantPicture();
        break;
      case 'annotate':
        void this.#cameras.get(message.camera)?.annotate(message.annotation);
        break;
      case 'report':
        if (message.collect) collectNow();
        this.#post({ type: 'report', request: message.request, report: this.report() });
        break;
    }
  }

  async #remove(id: CameraId): Promise<void> {
    const camera = this.#cameras.get(id);
    if (camera === undefined) return;
    this.#cameras.delete(id);
    const left = camera[Symbol.asyncDispose]();
    this.#leaving.add(left);
    await left;
    this.#leaving.delete(left);
  }

  #post(message: FromCapture): void {
    this.#tools.post(message);
  }
}
