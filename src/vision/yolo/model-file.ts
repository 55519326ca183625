import { existsSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { PlateauError } from '../../errors.ts';
import { type OnnxFacts, readOnnxFacts } from './onnx-facts.ts';
import { newestIrVersion, newestOpset } from './onnx-session.ts';
import { MalformedProtobufError } from './protobuf-reader.ts';

export interface ModelFile {
  readonly facts: OnnxFacts;
  /** Bytes of the file and of its external data. */
  readonly byteLength: number;
}

/**
 * Everything about a model file that can be checked before the runtime touches it, so that what is wrong is said in one
 * sentence and not in the runtime's own words.
 * @throws PlateauError ERR_MODEL_MISSING, ERR_MODEL_INVALID, ERR_MODEL_UNSUPPORTED
 */
export function inspectModelFile(path: string): ModelFile {
  const status = statSync(path, { throwIfNoEntry: false });
  if (status === undefined) {
    throw new PlateauError('ERR_MODEL_MISSING', `There is no model at ${path}: check the path.`);
  }
  if (!status.isFile()) {
    throw new PlateauError(
      'ERR_MODEL_INVALID',
      `${path} is ${status.isDirectory() ? 'a directory' : 'no file'}: name the .onnx file.`,
    );
  }
  if (status.size === 0)
    throw new PlateauError('ERR_MODEL_INVALID', `${path} is empty: export or copy it again.`);
  const facts = readFacts(path);
  if (facts.irVersion > newestIrVersion) {
    throw tooNew(path, `IR version ${facts.irVersion}`, `${newestIrVersion}`);
  }
  if (facts.opset > newestOpset) throw tooNew(path, `opset ${facts.opset}`, `${newestOpset}`);
  return { facts, byteLength: status.size + externalBytes(path, facts) };
}

function tooNew(path: string, found: string, newest: string): PlateauError {
  return new PlateauError(
    'ERR_MODEL_UNSUPPORTED',
    `${path} was written with ${found}; supported is up to ${newest}: export it again with opset=17.`,
  );
}

function readFacts(path: string): OnnxFacts {
  try {
    return readOnnxFacts(path);
  } catch (cause) {
    if (cause instanceof MalformedProtobufError || cause instanceof RangeError) {
      throw new PlateauError(
        'ERR_MODEL_INVALID',
        `${path} is not an ONNX model (${cause.message}): export or copy it again.`,
        { cause },
      );
    }
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new PlateauError('ERR_MODEL_INVALID', `${path} cannot be read: ${reason}.`, { cause });
  }
}

/** Bytes of the external files. @throws PlateauError ERR_MODEL_MISSING naming the first that is not there */
function externalBytes(path: string, facts: OnnxFacts): number {
  const folder = dirname(resolve(path));
  let bytes = 0;
  for (const name of facts.externalFiles) {
    const file = resolve(folder, name);
    if (!existsSync(file)) {
      throw new PlateauError(
        'ERR_MODEL_MISSING',
        `${path} keeps its weights in a second file, which is missing: ${file}; copy it beside the model.`,
      );
    }
    bytes += statSync(file).size;
  }
  return bytes;
}
