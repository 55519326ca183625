import { type PythonValue, parsePythonLiteral } from './python-literal.ts';

/** More names than this are no class list. */
const mostNames = 100_000;

/** What an exporter wrote about the model, read as far as it could be read; every part may be missing. */
export interface ModelMetadata {
  /** True where the exporter wrote anything at all. */
  readonly present: boolean;
  readonly task: string | undefined;
  readonly description: string;
  /** Class names by id. */
  readonly names: readonly string[] | undefined;
  /** [height, width] that the model was exported for. */
  readonly imageSize: readonly [number, number] | undefined;
  /** Largest stride: sizes of the input must be multiples of it. */
  readonly stride: number | undefined;
  readonly endToEnd: boolean | undefined;
  /** NMS inside, as the export's arguments say. */
  readonly nmsInside: boolean | undefined;
  /** Entries that could not be read, a sentence each. */
  readonly warnings: readonly string[];
}

/** Reads `metadata_props`; the values are Python `repr`, not JSON. Never throws: what cannot be read is a warning. */
export function readModelMetadata(properties: ReadonlyMap<string, string>): ModelMetadata {
  const warnings: string[] = [];
  const literal = (key: string): PythonValue | undefined => {
    const text = properties.get(key);
    if (text === undefined) return undefined;
    try {
      return parsePythonLiteral(text);
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
      warnings.push(`The model's metadata entry "${key}" cannot be read (${error.message}) and is left out.`);
      return undefined;
    }
  };
  const argumentsUsed = literal('args');
  const nms = argumentsUsed instanceof Map ? argumentsUsed.get('nms') : undefined;
  const endToEnd = literal('end2end');
  const stride = literal('stride');
  return {
    present: properties.size > 0,
    task: properties.get('task'),
    description: properties.get('description') ?? '',
    names: toNames(literal('names')),
    imageSize: toSize(literal('imgsz')),
    stride:
      typeof stride === 'number' && Number.isInteger(stride) && stride > 0 && stride <= 1024
        ? stride
        : undefined,
    endToEnd: typeof endToEnd === 'boolean' ? endToEnd : undefined,
    nmsInside: typeof nms === 'boolean' ? nms : undefined,
    warnings,
  };
}

/** A dictionary of id to name, or a list; an id without a name gets its number. */
function toNames(value: PythonValue | undefined): string[] | undefined {
  if (Array.isArray(value)) return value.length > 0 ? value.map(String) : undefined;
  if (!(value instanceof Map) || value.size === 0) return undefined;
  const ids = [...value.keys()].map(Number);
  const last = Math.max(...ids);
  if (!ids.every((id) => Number.isInteger(id) && id >= 0) || last >= mostNames) return undefined;
  const names = Array.from({ length: last + 1 }, (_, id) => `class${id}`);
  for (const [id, name] of value) names[Number(id)] = String(name);
  return names;
}

function toSize(value: PythonValue | undefined): [number, number] | undefined {
  const [height, width] = Array.isArray(value)
    ? value.length === 1
      ? [value[0], value[0]]
      : value
    : [value, value];
  const usable = (size: PythonValue | undefined): size is number =>
    typeof size === 'number' && Number.isInteger(size) && size >= 8 && size <= 16_384;
  return usable(height) && usable(width) ? [height, width] : undefined;
}
