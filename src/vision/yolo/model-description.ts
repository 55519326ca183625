/** Which exporter's head a model has. `rows` are ready detections: end to end, or with NMS inside. */
export type LayoutName = 'plain' | 'plain-transposed' | 'objectness' | 'rows';

export type Device = 'cpu' | 'webgpu' | 'cuda';

export interface ThreadTiming {
  readonly threads: number;
  /** The quickest of a few runs, milliseconds. */
  readonly milliseconds: number;
}

/** What is known of an opened model: plain data, good for a message between threads and for a report. */
export interface ModelDescription {
  /** Path as given. */
  readonly file: string;
  /** Class names by id. */
  readonly classes: readonly string[];
  /** Where the names come from; `assumed`: the file has none and its only class was given one. */
  readonly classesOrigin: 'metadata' | 'given' | 'assumed';
  /** Model input as [height, width]; for a model of any size the one that pictures are fitted into. */
  readonly input: readonly [height: number, width: number];
  /** True where the file leaves the size open: `Yolo.inputSizeFor` answers the size for a source. */
  readonly dynamic: boolean;
  /** Sides of an open input are multiples of this, in pixels. */
  readonly stride: number;
  readonly layout: LayoutName;
  /** The layout with its figures, for people: "YOLOv8/11 head [1, 37, 2100]". */
  readonly layoutText: string;
  /** `detect`: no masks, zones are covered by boxes. */
  readonly task: 'segment' | 'detect';
  /** True where detections come ready from the model and are never suppressed again. */
  readonly endToEnd: boolean;
  readonly maskChannels: number;
  /** Candidates a run delivers, at size `input`. */
  readonly anchors: number;
  /** Pictures that the file takes at a time; only the first is used. */
  readonly batch: number;
  readonly device: Device;
  /** Threads inside the runtime. */
  readonly threads: number;
  /** What was tried to choose them; empty where they were given, or there was nothing to choose. */
  readonly threadTimings: readonly ThreadTiming[];
  /** Why nothing was tried, half a sentence; `null` where they were given, or chosen by trying. */
  readonly threadsUntried: string | null;
  readonly opset: number;
  /** Bytes of the file and of its external data. */
  readonly byteLength: number;
  /** Milliseconds of one run on a grey picture at opening, after a first one. */
  readonly runMilliseconds: number;
  /** Milliseconds of that first run and of loading. */
  readonly warmUpMilliseconds: number;
  /** What a person should know before trusting the results, a sentence each. */
  readonly warnings: readonly string[];
}
