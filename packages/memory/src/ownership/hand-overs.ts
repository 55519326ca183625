/** Whether a use of a value hands it to somebody else, who has to release it from then on. */
import type { ProgramFacts } from './program-facts.ts';
import { child, children, nameOf, type SourceFile, type SyntaxNode, unwrapDown, unwrapUp } from './syntax.ts';
import { ValueUses } from './value-uses.ts';

/** Functions that look at what they are given and do not keep it. */
const borrowers =
  /^(console\.|JSON\.|Object\.(keys|values|entries|freeze)|String$|Boolean$|Number$|expect$|assert|structuredClone$|isNaN$)/;

export class HandOvers {
  readonly #facts: ProgramFacts;
  readonly #file: SourceFile;
  readonly #uses: ValueUses;

  constructor(facts: ProgramFacts, file: SourceFile) {
    this.#facts = facts;
    this.#file = file;
    this.#uses = new ValueUses(file);
  }

  /** Whether the use hands the value to somebody else for good. */
  isMove(use: SyntaxNode): boolean {
    const { value, parent } = unwrapUp(this.#file, use);
    switch (parent?.type) {
      case 'ReturnStatement':
      case 'YieldExpression':
      case 'ArrayExpression':
      case 'SpreadElement':
      case 'ThrowStatement':
      case 'ExportSpecifier':
        return true;
      case 'Property':
        return parent.value === value;
      case 'ArrowFunctionExpression':
        return parent.body === value;
      case 'NewExpression':
        return children(parent, 'arguments').includes(value);
      case 'CallExpression':
        return children(parent, 'arguments').includes(value) && this.takes(parent, value);
      case 'AssignmentExpression':
        return parent.right === value && unwrapDown(child(parent, 'left')) !== value;
      case 'VariableDeclarator':
        return parent.init === value;
      case 'ConditionalExpression':
      case 'LogicalExpression':
        return parent.test !== value && this.isMove(parent);
      default:
        return false;
    }
  }

  /** Whether a function takes over what it is given: unknown ones may; known ones are looked into. */
  takes(call: SyntaxNode, argument: SyntaxNode): boolean {
    const callee = unwrapDown(child(call, 'callee'));
    if (callee === undefined || borrowers.test(this.#file.text.slice(callee.start, callee.end))) return false;
    const known = this.#facts.declared.get(nameOf(callee) ?? '');
    if (known === undefined) return true;
    const parameter = children(known.node, 'params')[children(call, 'arguments').indexOf(argument)];
    if (parameter?.type !== 'Identifier') return true;
    const inner = known.file === this.#file ? this : new HandOvers(this.#facts, known.file);
    const uses = inner.#uses.usesOf(String(parameter.name), parameter);
    // One level deep: what it hands on in its turn counts as taken.
    return uses.some((use) => inner.#uses.isRelease(use) || inner.#isHandedOn(use));
  }

  #isHandedOn(use: SyntaxNode): boolean {
    const { value, parent } = unwrapUp(this.#file, use);
    if (parent?.type === 'CallExpression' && children(parent, 'arguments').includes(value)) {
      const callee = child(parent, 'callee');
      return callee === undefined || !borrowers.test(this.#file.text.slice(callee.start, callee.end));
    }
    return this.isMove(use);
  }
}
