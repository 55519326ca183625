/** Kept in a field: the class has to be disposable, and to release the field or hand it on somewhere. */
import type { KeptUses } from './kept-uses.ts';
import type { ProgramFacts } from './program-facts.ts';
import { releaseNames } from './releases.ts';
import {
  child,
  children,
  contains,
  enclosing,
  isClass,
  isFunction,
  memberName,
  nameOf,
  type SourceFile,
  type SyntaxNode,
} from './syntax.ts';
import { overwritten, type Verdict } from './verdicts.ts';

export class FieldRules {
  readonly #facts: ProgramFacts;
  readonly #file: SourceFile;
  readonly #kept: KeptUses;

  constructor(facts: ProgramFacts, file: SourceFile, kept: KeptUses) {
    this.#facts = facts;
    this.#file = file;
    this.#kept = kept;
  }

  /** `this.field = …`. What is put into somebody else's object is his. */
  judgeAssignment(assignment: SyntaxNode, what: string): Verdict | undefined {
    const target = child(assignment, 'left');
    const field = memberName(target);
    if (field === undefined || child(target, 'object')?.type !== 'ThisExpression') return undefined;
    return this.judge(field, what, assignment) ?? this.#judgeOverwriting(field, what, assignment);
  }

  /**
   * @param at Where the field takes the value: a definition, a constructor's parameter or an assignment.
   * @param isList Whether it takes a list, a map or an object in which the value lies.
   */
  judge(field: string, what: string, at: SyntaxNode, isList = false): Verdict | undefined {
    const owner = enclosing(this.#file, at, isClass);
    // A field of the class itself lives as long as the program.
    if (owner === undefined || (at.type === 'PropertyDefinition' && at.static === true)) return undefined;
    const uses = this.#usesOf(field, owner).filter((use) => !contains(at, use));
    const isReleased =
      uses.some((use) => (isList ? this.#kept.endsElements(use) : this.#kept.ends(use))) ||
      this.#isTakenFromThis(field, owner);
    const name = nameOf(child(owner, 'id')) ?? 'the class';
    if (!this.#isDisposable(owner) && !(isList && isReleased)) {
      return {
        mistake: 'owner-not-disposable',
        sentence: `${name} keeps ${what} in ${field} and cannot be disposed of`,
      };
    }
    if (isReleased) return undefined;
    return {
      mistake: 'field-not-released',
      sentence: `${name} keeps ${what} in ${field} and never releases it`,
    };
  }

  #isDisposable(owner: SyntaxNode): boolean {
    const members = children(child(owner, 'body'), 'body');
    return (
      members.some((one) => releaseNames.has(nameOf(child(one, 'key')) ?? '')) ||
      this.#facts.types.isDisposable({ file: this.#file, node: owner })
    );
  }

  #usesOf(field: string, owner: SyntaxNode): SyntaxNode[] {
    return this.#file.nodes.filter(
      (node) =>
        node.type === 'MemberExpression' &&
        memberName(node) === field &&
        contains(owner, node) &&
        child(node, 'object')?.type === 'ThisExpression' &&
        !this.#isTarget(node),
    );
  }

  /** `const { field } = this`, where it gets a name of its own. */
  #isTakenFromThis(field: string, owner: SyntaxNode): boolean {
    return this.#file.nodes.some(
      (node) =>
        node.type === 'VariableDeclarator' &&
        contains(owner, node) &&
        child(node, 'init')?.type === 'ThisExpression' &&
        children(child(node, 'id'), 'properties').some((one) => nameOf(child(one, 'key')) === field),
    );
  }

  #isTarget(member: SyntaxNode): boolean {
    const parent = this.#file.parentOf.get(member);
    return parent?.type === 'AssignmentExpression' && parent.left === member;
  }

  /**
   * A field that begins with something of its own takes another: the method has to ask for the first one, or to call a
   * method that may.
   */
  #judgeOverwriting(field: string, what: string, assignment: SyntaxNode): Verdict | undefined {
    const method = enclosing(this.#file, assignment, isFunction);
    const owner = enclosing(this.#file, assignment, isClass);
    const definition = children(child(owner, 'body'), 'body').find(
      (one) => nameOf(child(one, 'key')) === field,
    );
    const first = child(definition, 'value');
    if (method === undefined || assignment.operator !== '=' || first === undefined) return undefined;
    if (this.#facts.acquisitions.acquired(this.#file, first) === undefined) return undefined;
    const asks = this.#file.nodes.some(
      (node) =>
        node.type === 'MemberExpression' &&
        child(node, 'object')?.type === 'ThisExpression' &&
        contains(method, node) &&
        !contains(assignment, node) &&
        !this.#isTarget(node),
    );
    return asks ? undefined : overwritten(what, field);
  }
}
