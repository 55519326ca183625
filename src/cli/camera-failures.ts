import { PlateauError } from '../errors.ts';

/**
 * Cameras of a monitor that were given up for good: a recording that is not there, a zone outside of the picture. (A camera
 * that is away is no failure: it is tried again for ever.) Each is said once. Where none is left the monitor has to end, since
 * one that sees nothing would look alive to whoever supervises it.
 */
export class CameraFailures {
  readonly #cameras: number;
  readonly #say: (error: PlateauError) => void;
  readonly #failed = new Map<string, PlateauError>();
  readonly #said = new Set<string>();
  readonly #noneLeft = Promise.withResolvers<PlateauError>();

  /** @param cameras How many there are. */
  constructor(cameras: number, say: (error: PlateauError) => void) {
    this.#cameras = cameras;
    this.#say = say;
  }

  /** Resolves once no camera can be watched, with what to end on. */
  get noneLeft(): Promise<PlateauError> {
    return this.#noneLeft.promise;
  }

  add(camera: string, error: PlateauError): void {
    if (this.#cameras === 1) {
      this.#noneLeft.resolve(error);
      return;
    }
    this.#failed.set(camera, error);
    const sentence = `${camera}: ${error.message}`;
    if (!this.#said.has(sentence)) this.#say(new PlateauError(error.code, sentence, { cause: error }));
    this.#said.add(sentence);
    if (this.#failed.size === this.#cameras) this.#noneLeft.resolve(this.#gravest());
  }

  /** The pipeline was started again, and this camera with it. */
  triedAgain(camera: string): void {
    this.#failed.delete(camera);
  }

  #gravest(): PlateauError {
    const [{ code }] = [...this.#failed.values()].sort((a, b) => b.exitCode - a.exitCode);
    return new PlateauError(
      code,
      'No camera is left to watch; correct what is said above of each and start again.',
    );
  }
}
