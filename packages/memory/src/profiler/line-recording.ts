/** Instruments one file of a program as it is loaded, and counts bytes by its lines: in this thread, from here on. */
import { readFileSync, realpathSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { pathToFileURL } from 'node:url';
import type { Parser } from '../ownership/check-ownership.ts';
import { probeLines } from './line-probes.ts';
import { LineRecorder, type LineRow } from './line-recorder.ts';

export interface LineRecordingOptions {
  /** The file to instrument: a script itself, or one that it imports. */
  readonly path: string;
  /** Only this function of it. */
  readonly functionName?: string | undefined;
  readonly parse: Parser;
}

/** The file must not have been imported before in this thread: it would run without probes. Dispose of it at the end. */
export class LineRecording implements Disposable {
  readonly #recorder: LineRecorder;
  readonly #hooks: { deregister(): void };
  #wasLoaded = false;

  /** @throws SyntaxError when the file cannot be read as a program. RangeError when it has no such function. */
  constructor({ path, functionName, parse }: LineRecordingOptions) {
    // Node loads a file by its own name, whatever links lead to it.
    const url = pathToFileURL(realpathSync(path)).href;
    const text = readFileSync(path, 'utf8');
    const probed = probeLines(text, parse(path, text), functionName);
    this.#recorder = LineRecorder.install();
    this.#hooks = registerHooks({
      load: (wanted, context, nextLoad) => {
        const loaded = nextLoad(wanted, context);
        if (wanted.split('?')[0] !== url) return loaded;
        this.#wasLoaded = true;
        return { ...loaded, source: probed };
      },
    });
  }

  /** False as long as the program has not imported the file. */
  get wasLoaded(): boolean {
    return this.#wasLoaded;
  }

  /** What the probes themselves took so far. */
  get probeSeconds(): number {
    return this.#recorder.probeSeconds;
  }

  /** In the order of the source. */
  rows(): LineRow[] {
    return this.#recorder.rows();
  }

  [Symbol.dispose](): void {
    this.#recorder[Symbol.dispose]();
    this.#hooks.deregister();
  }
}
