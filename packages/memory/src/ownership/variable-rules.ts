/** A value in a variable without `using`: somebody has to release it, on every path, or take it over. */
import { type Binding, bindingsOf } from './bindings.ts';
import { conditionsOf } from './conditions.ts';
import type { FieldRules } from './field-rules.ts';
import type { HandOvers } from './hand-overs.ts';
import { NullTests } from './null-tests.ts';
import { walkPaths } from './path-walk.ts';
import type { ProgramFacts } from './program-facts.ts';
import { child, type SourceFile, type SyntaxNode, unwrapDown, unwrapUp } from './syntax.ts';
import { functionOf } from './type-guess.ts';
import { functionAround, ValueStory } from './value-story.ts';
import { neverReleased, overwritten, type Verdict } from './verdicts.ts';

export class VariableRules {
  readonly #facts: ProgramFacts;
  readonly #file: SourceFile;
  readonly #handOvers: HandOvers;
  readonly #fields: FieldRules;

  constructor(facts: ProgramFacts, file: SourceFile, handOvers: HandOvers, fields: FieldRules) {
    this.#facts = facts;
    this.#file = file;
    this.#handOvers = handOvers;
    this.#fields = fields;
  }

  /**
   * @param id The variable's name, where it takes the value.
   * @param from The declarator, assignment or parameter by which it does.
   */
  judge(id: SyntaxNode, from: SyntaxNode, what: string): Verdict | undefined {
    const name = String(id.name);
    const binding = bindingsOf(this.#file).find(name, id);
    // A variable that is declared nowhere is somebody else's.
    if (binding === undefined) return undefined;
    const story = new ValueStory(this.#file, this.#handOvers, binding);
    const home = functionAround(this.#file, binding.scope);
    const isFromInside = functionAround(this.#file, from) !== home;
    if (home.type === 'Program' && (isFromInside || this.#livesOn(binding, from, story))) return undefined;
    if (story.endings.length === 0) return this.#neverEnded(story, what, name);
    // What an inner function puts there outlives that function: when the others run is not to be seen.
    if (isFromInside || story.isEndedWithin(from)) return undefined;
    // Whoever is only handed to strangers has the benefit of the doubt on the other paths, too.
    if (!story.isEndedForCertain) return undefined;
    return this.#walk(binding, from, story, what) ?? this.#judgeFields(story, what);
  }

  /** Whether a variable of the module lives as long as the program: exported, used in its functions, or a pool. */
  #livesOn(binding: Binding, from: SyntaxNode, story: ValueStory): boolean {
    const declaration = this.#file.parentOf.get(binding.declaration);
    if (declaration !== undefined && this.#file.parentOf.get(declaration)?.type === 'ExportNamedDeclaration')
      return true;
    const made = unwrapDown(child(from, 'init') ?? child(from, 'right'));
    if (made !== undefined && this.#facts.acquisitions.makesLender(this.#file, made)) return true;
    return story.uses.some((use) => functionAround(this.#file, use).type !== 'Program');
  }

  #neverEnded(story: ValueStory, what: string, name: string): Verdict {
    const isLent = story.uses.some((use) => unwrapUp(this.#file, use).parent?.type === 'CallExpression');
    if (!isLent) return neverReleased(what, name);
    return { mistake: 'lent-only', sentence: `${what} in "${name}" is lent to others and never released` };
  }

  #walk(binding: Binding, from: SyntaxNode, story: ValueStory, what: string): Verdict | undefined {
    const labelled = this.#file.parentOf.get(binding.scope);
    const result = walkPaths(labelled?.type === 'LabeledStatement' ? labelled : binding.scope, {
      at: new Map([...story.events, [from, 'acquired']]),
      nullTests: new NullTests(
        this.#file,
        (identifier) => story.isName(identifier),
        conditionsOf(this.#file, from),
      ),
      neverReturns: (call) => this.#neverReturns(call),
    });
    if (result.overwritten) return overwritten(what, binding.name);
    if (!result.leaks) return undefined;
    return {
      mistake: 'released-on-some-paths',
      sentence: `${what} in "${binding.name}" is not released on every path`,
    };
  }

  /** `process.exit()`, and functions that are declared to answer `never`. */
  #neverReturns(call: SyntaxNode): boolean {
    if (call.type !== 'CallExpression') return false;
    const callee = child(call, 'callee');
    if (/^process\.(exit|abort)$/.test(this.#file.text.slice(callee?.start, callee?.end))) return true;
    const called = functionOf(this.#facts.guess.calledFunction(this.#file, call)?.node);
    return child(child(called, 'returnType'), 'typeAnnotation')?.type === 'TSNeverKeyword';
  }

  /** `this.#x = x`: what holds for the field holds for the value. */
  #judgeFields(story: ValueStory, what: string): Verdict | undefined {
    for (const use of story.endings) {
      const { value, parent } = unwrapUp(this.#file, use);
      if (parent?.type !== 'AssignmentExpression' || parent.right !== value) continue;
      const verdict = this.#fields.judgeAssignment(parent, what);
      if (verdict !== undefined) return verdict;
    }
    return undefined;
  }
}
