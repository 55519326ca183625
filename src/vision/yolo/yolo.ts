import { type LedgerEntry, ledger, stage, staged } from '@plateau/memory';
import { PlateauError } from '../../errors.ts';
import { resolveClassNames } from './class-names.ts';
import { DetectionDecoder } from './detection-decoder.ts';
import type { Detections } from './detections.ts';
import { checkDecodeSettings, type DecodeSettings } from './head-decoder.ts';
import { headDecoder } from './head-decoders.ts';
import type { Layout } from './head-readings.ts';
import { headValueWarnings } from './head-values.ts';
import { chooseInput, type InputSize, inputSizeFor } from './input-size.ts';
import { layoutWarnings } from './layout-warnings.ts';
import type { ModelDescription } from './model-description.ts';
import { inspectModelFile } from './model-file.ts';
import { ModelInput } from './model-input.ts';
import { readModelMetadata } from './model-metadata.ts';
import { OnnxSession, type RunResults } from './onnx-session.ts';
import { openSession } from './open-session.ts';
import { ProbeRun } from './probe-run.ts';
import { layoutText, recogniseLayout } from './recognise-layout.ts';
import { refuseNaN } from './refuse-nan.ts';
import type { YoloOptions } from './yolo-options.ts';
import { type RunTensors, YoloOutput } from './yolo-output.ts';

/** Sizes of the input are multiples of this where the file names no stride. */
const usualStride = 32;

/**
 * A YOLO model, opened: from pixels to detections and prototypes. Belongs to one thread; runs come one after the other.
 * Owner: the caller of `open`, with `await using`. Runs' outputs are owned by whoever called `run`.
 */
export class Yolo implements AsyncDisposable {
  readonly model: ModelDescription;
  readonly #session: OnnxSession;
  readonly #layout: Layout;
  readonly #decoder: DetectionDecoder;
  readonly #fetches: readonly string[];
  readonly #entry: LedgerEntry;
  readonly #outputs = { made: 0, released: 0 };

  /**
   * Opens a model file and runs it once on grey, so that whatever is wrong with it is said here.
   * @throws PlateauError ERR_MODEL_MISSING, ERR_MODEL_INVALID, ERR_MODEL_UNSUPPORTED, ERR_MODEL_VALUES, ERR_NAMES_MISMATCH, ERR_DEVICE_UNAVAILABLE
   */
  static async open(path: string, options: YoloOptions = {}): Promise<Yolo> {
    const began = performance.now();
    const { facts, byteLength } = inspectModelFile(path);
    const metadata = readModelMetadata(facts.metadata);
    const { session, device, threads } = await openSession(path, facts, options);
    await using undo = new AsyncDisposableStack();
    undo.use(session);
    if (session.inputs.length !== 1) {
      const found = session.inputs.map((input) => `${input.name} [${input.dims.join(', ')}]`).join(' and ');
      throw new PlateauError(
        'ERR_MODEL_UNSUPPORTED',
        `${path} takes ${found}; supported are models that take one picture and nothing else.`,
      );
    }
    const input = chooseInput(path, session.inputs[0]!, options.inputSize, metadata.imageSize);
    using probe = await ProbeRun.of(path, session, input.batch, input.size);
    const { outputs, runMilliseconds } = probe;
    const warmUpMilliseconds = performance.now() - began - runMilliseconds;
    const nameCount = options.names?.length ?? metadata.names?.length;
    const layout = recogniseLayout({ file: path, outputs, input: input.size, metadata, nameCount });
    const names = resolveClassNames(path, layout, options.names, metadata.names);
    const head = outputs.find((output) => output.name === layout.head)!;
    for (const { name, data } of outputs) {
      if (name === layout.head || name === layout.prototypes)
        refuseNaN(data, `${path} cannot be used: its output ${name} on a grey picture`);
    }
    const model: ModelDescription = {
      file: path,
      classes: names.classes,
      classesOrigin: names.classesOrigin,
      input: input.size,
      dynamic: input.dynamic,
      stride: metadata.stride ?? usualStride,
      layout: layout.name,
      layoutText: layoutText(layout),
      task: layout.prototypes === undefined ? 'detect' : 'segment',
      endToEnd: layout.name === 'rows',
      maskChannels: layout.maskChannels,
      anchors: layout.anchors,
      batch: input.batch,
      device,
      threads,
      threadTimings: [],
      threadsUntried: null,
      opset: facts.opset,
      byteLength,
      runMilliseconds,
      warmUpMilliseconds,
      warnings: [
        ...metadata.warnings,
        ...input.warnings,
        ...layout.warnings,
        ...names.warnings,
        ...layoutWarnings(layout, facts.outputSteps, metadata.nmsInside),
        ...headValueWarnings(layout, head.data),
      ],
    };
    undo.move();
    return new Yolo(model, session, layout);
  }

  private constructor(model: ModelDescription, session: OnnxSession, layout: Layout) {
    this.model = model;
    this.#session = session;
    this.#layout = layout;
    this.#decoder = new DetectionDecoder(headDecoder(layout, model.classes.length));
    this.#fetches = layout.prototypes === undefined ? [layout.head] : [layout.head, layout.prototypes];
    this.#entry = ledger.track({
      kind: 'OnnxSession',
      bytes: model.byteLength,
      stage: 'inference',
      always: true,
    });
  }

  /** Outputs that runs made and that were released: equal whenever no run's output is held. */
  get outputs(): { readonly made: number; readonly released: number } {
    return this.#outputs;
  }

  /** [height, width] at which pictures of this source run: the model's own where it is fixed, else by the source's aspect. */
  inputSizeFor(sourceWidth: number, sourceHeight: number): InputSize {
    return inputSizeFor(this.model, sourceWidth, sourceHeight);
  }

  /**
   * A tensor over pixels that stay where they are: 3 * height * width floats, planes R, G, B, 0..1; shared memory is fine.
   * Made once for each ring slot. `size` is for models of open size. @throws RangeError when the length does not fit
   */
  bindInput(pixels: Float32Array, size: InputSize = this.model.input): ModelInput {
    const [height, width] = size;
    if (!this.model.dynamic && (height !== this.model.input[0] || width !== this.model.input[1])) {
      throw new RangeError(`the model takes ${this.model.input.join('x')}, not ${height}x${width}`);
    }
    const length = 3 * height * width;
    if (pixels.length !== length)
      throw new RangeError(`${pixels.length} floats for a picture of 3x${height}x${width} (${length})`);
    const { batch } = this.model;
    const fed = batch === 1 ? pixels : new Float32Array(batch * length);
    const tensor = OnnxSession.tensor(fed, [batch, 3, height, width]);
    return new ModelInput(
      height,
      width,
      { [this.#session.inputs[0]!.name]: tensor },
      pixels,
      batch === 1 ? undefined : fed,
    );
  }

  /** One run; blocks this thread meanwhile. The caller owns the output. @throws PlateauError ERR_INFERENCE_FAILED, TypeError after disposal */
  async run(input: ModelInput): Promise<YoloOutput> {
    const running = this.start(input);
    let results: RunResults;
    try {
      results = await running;
    } catch (cause) {
      throw await this.failure(cause);
    }
    return this.finish(input, results);
  }

  /**
   * Begins a run, for who awaits nothing else for a picture: `finish` takes its result, `failure` says what rejected it.
   * @throws TypeError after disposal
   */
  start(input: ModelInput): Promise<RunResults> {
    return staged('inference', () => {
      input.prepare();
      return this.#session.start(input.feeds, this.#fetches);
    });
  }

  /** The output of a run that `start` began with `input`. The caller owns it. */
  finish(input: ModelInput, results: RunResults): YoloOutput {
    const { name, head: headName, prototypes: prototypesName } = this.#layout;
    const head = OnnxSession.output(results, headName);
    const prototypes = prototypesName === undefined ? undefined : OnnxSession.output(results, prototypesName);
    const anchors = head.dims[name === 'plain' ? 2 : 1]!;
    this.#outputs.made += 1;
    return new YoloOutput(
      { inputHeight: input.height, inputWidth: input.width, anchors, head, prototypes },
      this.#free,
    );
  }

  /** What to throw for a run that was rejected with `cause`: ERR_INFERENCE_FAILED, or ERR_BUDGET_EXCEEDED. */
  failure(cause: unknown): Promise<PlateauError> {
    return this.#session.failure(cause);
  }

  readonly #free = ({ head, prototypes }: RunTensors): void => {
    OnnxSession.free(head);
    if (prototypes !== undefined) OnnxSession.free(prototypes);
    this.#outputs.released += 1;
  };

  /**
   * Fills `detections` from a run's output. Allocates nothing in steady state.
   * @throws RangeError for other mask channels or settings that are none; PlateauError ERR_MODEL_VALUES where nothing is known of this picture
   */
  decode(output: YoloOutput, settings: DecodeSettings, detections: Detections): void {
    if (detections.maskChannels !== this.#layout.maskChannels) {
      throw new RangeError(
        `detections for ${detections.maskChannels} mask channels, the model has ${this.#layout.maskChannels}`,
      );
    }
    checkDecodeSettings(settings, this.model.classes.length);
    const running = stage('detections');
    try {
      const { head, prototypes } = output;
      detections.clear();
      refuseNaN(head, "The model's head");
      this.#decoder.decode(head, output.anchors, settings, detections);
      if (detections.count > 0 && prototypes !== undefined)
        refuseNaN(prototypes, "The model's mask prototypes");
    } finally {
      running[Symbol.dispose]();
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#entry[Symbol.dispose]();
    await this.#session[Symbol.asyncDispose]();
  }
}

export type { ModelInput, RunResults };
