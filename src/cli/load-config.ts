import { PlateauError } from '../errors.ts';
import type { Config } from '../runtime/config-file.ts';
import { defaultModelFile } from './shipped-files.ts';

/**
 * Reads a configuration file. Loaded only where one is named: the parser and the schema take some ten megabytes.
 *
 * @param model Model of the command line, for a file that names none; by default the demo model.
 * @throws PlateauError ERR_CONFIG naming the file and the key; ERR_USAGE for two models.
 */
export async function loadConfig(file: string, model: string | undefined): Promise<Config> {
  const { readConfig } = await import('../runtime/config-file.ts');
  const config = readConfig(file, model ?? defaultModelFile());
  if (model !== undefined && config.model.file !== model)
    throw new PlateauError(
      'ERR_USAGE',
      `--model cannot stand beside --config where that names a model: set model.file in ${file} instead.`,
    );
  return config;
}
