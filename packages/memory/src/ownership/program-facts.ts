/** What a program says about itself, without a type checker: its names, its types, and which calls acquire. */
import { Acquisitions } from './acquisitions.ts';
import { DeclaredTypes } from './declared-types.ts';
import { ProgramNames } from './program-names.ts';
import type { SourceFile } from './syntax.ts';
import { TypeGuess } from './type-guess.ts';

export interface ProgramFacts {
  readonly names: ProgramNames;
  readonly types: DeclaredTypes;
  readonly guess: TypeGuess;
  readonly acquisitions: Acquisitions;
}

/** @param builtins The language's own types. */
export function collectFacts(files: readonly SourceFile[], builtins: SourceFile): ProgramFacts {
  const names = new ProgramNames(files, builtins);
  const types = new DeclaredTypes(names);
  const guess = new TypeGuess(names, types);
  return { names, types, guess, acquisitions: new Acquisitions(types, guess) };
}
