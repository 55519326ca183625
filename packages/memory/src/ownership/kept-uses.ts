/** Whether a use of what is kept in a field or a list releases it, straight or by way of another name, a loop or a promise. */
import { bindingsOf } from './bindings.ts';
import type { HandOvers } from './hand-overs.ts';
import { identifiersIn } from './identifiers.ts';
import { isRelease } from './releases.ts';
import {
  child,
  children,
  contains,
  enclosing,
  isFunction,
  memberName,
  type SourceFile,
  type SyntaxNode,
  unwrapUp,
} from './syntax.ts';
import { ValueStory } from './value-story.ts';

/** Methods of lists, maps and sets that hand out nothing of what is in them. */
const lookers = /^(push|unshift|add|set|has|includes|indexOf|join|keys)$/;

export class KeptUses {
  readonly #file: SourceFile;
  readonly #handOvers: HandOvers;

  constructor(file: SourceFile, handOvers: HandOvers) {
    this.#file = file;
    this.#handOvers = handOvers;
  }

  /** Whether this use releases the value or hands it on. */
  ends(use: SyntaxNode): boolean {
    const inLoop = this.#isReleasedByLoop(use);
    if (inLoop !== undefined) return inLoop;
    if (isRelease(this.#file, use) || this.#isReleasedByPromise(use)) return true;
    const { value, parent } = unwrapUp(this.#file, use);
    const id =
      parent?.type === 'VariableDeclarator' && parent.init === value ? child(parent, 'id') : undefined;
    return id?.type === 'Identifier' ? this.#isEnded(id) : this.#handOvers.isMove(use);
  }

  /** Whether this use of a list, a map or an object releases what is in it, hands it on, or may do so out of sight. */
  endsElements(use: SyntaxNode): boolean {
    const { value, parent } = unwrapUp(this.#file, use);
    if (parent?.type === 'VariableDeclarator' && parent.init === value)
      return identifiersIn(child(parent, 'id')).some((id) => this.#isEnded(id));
    if (parent?.type !== 'MemberExpression' || parent.object !== value) return this.ends(use);
    const name = parent.computed === true ? '' : (memberName(parent) ?? '');
    const { value: asked, parent: call } = unwrapUp(this.#file, parent);
    if (call?.type === 'CallExpression' && call.callee === asked)
      return this.#isReleasedByLoop(use) ?? !lookers.test(name);
    if (name === 'length' || name === 'size') return false;
    return this.ends(parent) || this.endsElements(parent);
  }

  /** `for (const one of list) one.release()`; `undefined` where there is no such loop around the list. */
  #isReleasedByLoop(use: SyntaxNode): boolean | undefined {
    const loop = enclosing(this.#file, use, (one) => one.type === 'ForOfStatement' || isFunction(one));
    if (loop?.type !== 'ForOfStatement' || !contains(child(loop, 'right'), use)) return undefined;
    const left = child(loop, 'left');
    if (left?.type !== 'VariableDeclaration') return true;
    if (/using/.test(String(left.kind))) return true;
    return children(left, 'declarations')
      .flatMap((one) => identifiersIn(child(one, 'id')))
      .some((id) => this.#isEnded(id));
  }

  /** `promise.then((one) => one.release())` */
  #isReleasedByPromise(use: SyntaxNode): boolean {
    const { value, parent } = unwrapUp(this.#file, use);
    if (parent?.type !== 'MemberExpression' || parent.object !== value) return false;
    const { parent: call } = unwrapUp(this.#file, parent);
    if (memberName(parent) !== 'then' || call?.type !== 'CallExpression') return false;
    const [callback] = children(call, 'arguments');
    const [parameter] = children(callback, 'params');
    return isFunction(callback) ? parameter?.type === 'Identifier' && this.#isEnded(parameter) : true;
  }

  #isEnded(id: SyntaxNode): boolean {
    const binding = bindingsOf(this.#file).find(String(id.name), id);
    return binding !== undefined && new ValueStory(this.#file, this.#handOvers, binding).endings.length > 0;
  }
}
