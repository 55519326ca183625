import { PlateauError } from '../../errors.ts';
import type { ModelDescription } from './model-description.ts';
import type { RecognisedLayout } from './recognise-layout.ts';

/** Name of the only class of a model that says nothing about itself. */
const assumedName = 'coal';

export interface ClassNames {
  readonly classes: readonly string[];
  readonly classesOrigin: ModelDescription['classesOrigin'];
  readonly warnings: readonly string[];
}

/**
 * Class names, and a check that there are as many as the head has room for: a wrong count means that names are
 * shifted or that mask coefficients would be read as scores.
 * @throws PlateauError ERR_NAMES_MISMATCH with both numbers, or when a model with several classes names none
 */
export function resolveClassNames(
  file: string,
  layout: RecognisedLayout,
  given: readonly string[] | undefined,
  fromMetadata: readonly string[] | undefined,
): ClassNames {
  const names = given ?? fromMetadata;
  const classesOrigin = given === undefined ? 'metadata' : 'given';
  if (names !== undefined) {
    if (layout.classes !== undefined && names.length !== layout.classes) {
      const whose = given === undefined ? "the model's metadata" : '--names';
      throw new PlateauError(
        'ERR_NAMES_MISMATCH',
        `${file} has ${layout.classes} ${layout.classes === 1 ? 'class' : 'classes'} by the shape [${layout.headDims.join(', ')}] of its output, ` +
          `but ${whose} ${given === undefined ? 'names' : 'gives'} ${names.length}: give as many with --names a,b,c (model.names).`,
      );
    }
    return { classes: names, classesOrigin, warnings: repeatedNames(names) };
  }
  if (layout.classes !== undefined && layout.classes > 1) {
    throw new PlateauError(
      'ERR_NAMES_MISMATCH',
      `${file} has ${layout.classes} classes and no metadata that names them: give their names in order with --names a,b,c (model.names).`,
    );
  }
  const uncertain =
    layout.classes === undefined
      ? ' It cannot be seen how many classes it has: a second one ends the run.'
      : '';
  return {
    classes: [assumedName],
    classesOrigin: 'assumed',
    warnings: [`The model has no metadata: its only class is taken to be "${assumedName}".${uncertain}`],
  };
}

/** Who chooses a class by a name that stands twice gets the first one, and the masks of the other cover nothing. */
function repeatedNames(names: readonly string[]): string[] {
  const repeated = names.filter((name, id) => names.indexOf(name) < id);
  return [...new Set(repeated)].map(
    (name) =>
      `Several classes are called "${name}": that name stands for the first of them, ${names.indexOf(name)}; --names can tell them apart.`,
  );
}
