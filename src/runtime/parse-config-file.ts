import { readFileSync } from 'node:fs';
import { parse, YAMLParseError } from 'yaml';
import { PlateauError } from '../errors.ts';

/** What a configuration file holds, not checked yet. @throws PlateauError ERR_CONFIG saying what to do about the file. */
export function parseConfigFile(file: string): unknown {
  const text = readText(file);
  try {
    return parse(text, { logLevel: 'error' });
  } catch (error) {
    throw new PlateauError('ERR_CONFIG', refusalOf(file, error as Error), { cause: error });
  }
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unknown reason';
    throw new PlateauError('ERR_CONFIG', unreadable(file, code), { cause: error });
  }
}

function unreadable(file: string, code: string): string {
  if (code === 'ENOENT' || code === 'ENOTDIR')
    return `There is no configuration ${file}: check the path behind --config.`;
  if (code === 'EISDIR') return `${file} is a folder: name the configuration file in it behind --config.`;
  return `The configuration ${file} cannot be read (${code}): check its rights.`;
}

function refusalOf(file: string, error: Error): string {
  if (error instanceof YAMLParseError && error.code === 'MULTIPLE_DOCS')
    return `${file} holds several configurations, the second from line ${error.linePos?.[0].line} on; keep one of them and remove the line "---" between.`;
  // Below its first line the parser shows the place, and a colon leads there.
  const why = error.message.split('\n')[0].replace(/:$/, '');
  return `${file} cannot be read as YAML or JSON (${why}); correct it and start again.`;
}
