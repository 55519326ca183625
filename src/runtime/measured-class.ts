import { PlateauError } from '../errors.ts';
import { defaults } from './defaults.ts';

/**
 * The id of the class whose masks are measured.
 *
 * @param wanted The class that the user named; `null` takes the only one, or `coal` where there are several.
 * @throws PlateauError ERR_CLASS_UNKNOWN listing the model's classes.
 */
export function measuredClassId(classes: readonly string[], wanted: string | null): number {
  if (wanted === null && classes.length === 1) return 0;
  const name = wanted ?? defaults.className;
  const id = classes.indexOf(name);
  if (id >= 0) return id;
  const listed =
    classes.length > 12
      ? `${classes.slice(0, 12).join(', ')} and ${classes.length - 12} more`
      : classes.join(', ');
  const why =
    wanted === null
      ? `The model has several classes and none is called ${defaults.className}`
      : `The model has no class ${JSON.stringify(name)}`;
  throw new PlateauError('ERR_CLASS_UNKNOWN', `${why}; choose one with --class (model.class): ${listed}.`);
}
