/** Whether a use of a value hands it to somebody else, who has to release it from then on. */
import { bindingsOf } from './bindings.ts';
import { isExpectedToFail } from './expected-failures.ts';
import type { ProgramFacts } from './program-facts.ts';
import type { Declared } from './program-names.ts';
import { isRelease, releaseNames } from './releases.ts';
import {
  child,
  children,
  memberName,
  nameOf,
  type SourceFile,
  type SyntaxNode,
  unwrapDown,
  unwrapUp,
} from './syntax.ts';
import { functionOf } from './type-guess.ts';

/** Functions that look at what they are given and do not keep it. */
const borrowers =
  /^(console\.|JSON\.|Object\.(keys|values|entries|freeze)|String$|Boolean$|Number$|expect$|assert|structuredClone$|isNaN$)/;

export class HandOvers {
  readonly #facts: ProgramFacts;
  readonly #file: SourceFile;

  constructor(facts: ProgramFacts, file: SourceFile) {
    this.#facts = facts;
    this.#file = file;
  }

  /** Whether the use hands the value to somebody else for good. */
  isMove(use: SyntaxNode): boolean {
    const { value, parent } = unwrapUp(this.#file, use);
    switch (parent?.type) {
      case 'ReturnStatement':
      case 'YieldExpression':
      case 'ArrayExpression':
      case 'ThrowStatement':
      case 'ExportSpecifier':
      case 'ExportDefaultDeclaration':
        return true;
      case 'SpreadElement':
        // `{ ...x }` copies what is in it, and whoever has the copy cannot release it.
        return this.#file.parentOf.get(parent)?.type !== 'ObjectExpression';
      case 'Property':
      case 'PropertyDefinition':
        return parent.value === value;
      case 'ArrowFunctionExpression':
        return parent.body === value;
      case 'NewExpression':
        return children(parent, 'arguments').includes(value);
      case 'CallExpression':
        return children(parent, 'arguments').includes(value) && this.takes(parent, value);
      case 'AssignmentExpression':
      case 'AssignmentPattern':
        return parent.right === value && unwrapDown(child(parent, 'left')) !== value;
      case 'VariableDeclarator':
        return parent.init === value && keepsWhole(child(parent, 'id'));
      case 'ConditionalExpression':
      case 'LogicalExpression':
        return parent.test !== value && this.isMove(parent);
      case 'MemberExpression': {
        // A method that answers `this` hands on what its call hands on.
        const { parent: call } = unwrapUp(this.#file, parent);
        const isCalled = parent.object === value && call?.type === 'CallExpression';
        return isCalled && this.#facts.acquisitions.answersThis(this.#file, call) && this.isMove(call);
      }
      case 'SequenceExpression':
        return children(parent, 'expressions').at(-1) === value && this.isMove(parent);
      default:
        return false;
    }
  }

  /** Whether it may have been handed over by the use, and nobody knows: an argument of a function that is not to be seen. */
  isGuess(use: SyntaxNode): boolean {
    const { value, parent } = unwrapUp(this.#file, use);
    if (parent?.type === 'ConditionalExpression' || parent?.type === 'LogicalExpression')
      return this.isGuess(parent);
    if (parent?.type === 'NewExpression') return true;
    if (parent?.type !== 'CallExpression' || parent.callee === value) return false;
    const callee = unwrapDown(child(parent, 'callee'));
    if (callee?.type !== 'Identifier') return !/^(push|unshift)$/.test(memberName(callee) ?? '');
    return this.#facts.names.findFunction(this.#file, String(callee.name), callee) === undefined;
  }

  /** Whether a function takes over what it is given: unknown ones may; known ones are looked into. */
  takes(call: SyntaxNode, argument: SyntaxNode): boolean {
    const callee = unwrapDown(child(call, 'callee'));
    if (callee === undefined) return false;
    if (this.#isBorrower(callee)) return isExpectedToFail(this.#file, argument);
    if (callee.type !== 'Identifier') return true;
    const known = this.#facts.names.findFunction(this.#file, String(callee.name), callee);
    return known === undefined || this.#keepsParameter(known, children(call, 'arguments').indexOf(argument));
  }

  /** One level deep: what it hands on in its turn counts as taken. */
  #keepsParameter({ file, node }: Declared, index: number): boolean {
    const body = functionOf(node);
    const parameter = children(body, 'params')[index];
    if (body === undefined || parameter?.type !== 'Identifier' || child(body, 'body') === undefined)
      return true;
    const binding = bindingsOf(file).find(String(parameter.name), body);
    const inner = file === this.#file ? this : new HandOvers(this.#facts, file);
    const uses = binding === undefined ? [] : bindingsOf(file).readsOf(binding);
    return uses.some((use) => isRelease(file, use) || inner.#isHandedOn(use));
  }

  #isHandedOn(use: SyntaxNode): boolean {
    const { value, parent } = unwrapUp(this.#file, use);
    if (parent?.type !== 'CallExpression' || !children(parent, 'arguments').includes(value))
      return this.isMove(use);
    const callee = child(parent, 'callee');
    return callee === undefined || !this.#isBorrower(callee);
  }

  #isBorrower(callee: SyntaxNode): boolean {
    return borrowers.test(this.#file.text.slice(callee.start, callee.end));
  }
}

/** `const d = c` and `const { release } = c`; who takes out `size` alone leaves the rest behind. */
function keepsWhole(pattern: SyntaxNode | undefined): boolean {
  if (pattern?.type !== 'ObjectPattern') return pattern?.type === 'Identifier';
  return children(pattern, 'properties').some((one) => releaseNames.has(nameOf(child(one, 'key')) ?? ''));
}
