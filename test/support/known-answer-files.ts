/** Known-answer models on disk for a test, in a folder that goes with the test. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type KnownAnswerOptions, knownAnswerModel } from './known-answer-model.ts';

/** A folder for model files. Owner: the test, with `using`; disposal removes it with all that is in it. */
export class KnownAnswerFolder implements Disposable {
  readonly path = mkdtempSync(join(tmpdir(), 'plateau-models-'));
  #count = 0;

  /** Writes a model (and its data file, if asked for) and answers its path. */
  write(options: KnownAnswerOptions = {}): string {
    const { model, data } = knownAnswerModel(options);
    const path = join(this.path, `model-${this.#count++}.onnx`);
    writeFileSync(path, model);
    if (data !== undefined) writeFileSync(join(this.path, options.externalData!), data);
    return path;
  }

  writeBytes(name: string, bytes: Uint8Array | string): string {
    const path = join(this.path, name);
    writeFileSync(path, bytes);
    return path;
  }

  [Symbol.dispose](): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}
