import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** A file that is shipped with the package, by its path from the package's root. */
export function shippedFile(path: string): string {
  return fileURLToPath(new URL(`../../${path}`, import.meta.url));
}

/** The demo model: trained on rendered coal; until it is there, the model with a known answer. */
export function defaultModelFile(): string {
  const trained = shippedFile('models/coal-seg.onnx');
  return existsSync(trained) ? trained : shippedFile('models/known-answer.onnx');
}
