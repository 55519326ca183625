import type { Config } from '../runtime/config-file.ts';
import { defaultModelFile } from './shipped-files.ts';

/**
 * Reads a configuration file. Loaded only where one is named: the parser and the schema take some ten megabytes.
 *
 * @param model Model where the file names none; by default the demo model.
 * @throws PlateauError ERR_CONFIG naming the file and the key.
 */
export async function loadConfig(file: string, model: string | undefined): Promise<Config> {
  const { readConfig } = await import('../runtime/config-file.ts');
  return readConfig(file, model ?? defaultModelFile());
}
