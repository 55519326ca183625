/**
 * What becomes of a value in a variable: where it is released or handed on, under this name and others, in this function
 * and in those inside of it.
 */
import { type Binding, bindingsOf } from './bindings.ts';
import type { ValueEvent } from './expression-walk.ts';
import type { HandOvers } from './hand-overs.ts';
import { isRelease } from './releases.ts';
import {
  child,
  children,
  contains,
  enclosing,
  isFunction,
  nameOf,
  type SourceFile,
  type SyntaxNode,
  unwrapUp,
} from './syntax.ts';

export class ValueStory {
  /** Uses of the value, under all of its names. */
  readonly uses: SyntaxNode[] = [];
  /** Where it is released or handed on. */
  readonly endings: SyntaxNode[] = [];
  /** Whether one of these is more than a guess about a function that is not to be seen. */
  isEndedForCertain = false;
  readonly events = new Map<SyntaxNode, ValueEvent>();
  readonly #file: SourceFile;
  readonly #handOvers: HandOvers;
  readonly #root: SyntaxNode;
  readonly #names = new Set<Binding>();

  constructor(file: SourceFile, handOvers: HandOvers, binding: Binding) {
    this.#file = file;
    this.#handOvers = handOvers;
    this.#root = functionAround(file, binding.scope);
    for (const write of bindingsOf(file).writesOf(binding)) this.events.set(write, 'written');
    this.#follow(binding);
  }

  /** Whether an identifier is one of the value's names. */
  isName(identifier: SyntaxNode): boolean {
    const binding = bindingsOf(this.#file).find(String(identifier.name), identifier);
    return binding !== undefined && this.#names.has(binding);
  }

  /** Whether a function in what acquires it ends it, later on: `const x = open(() => x.close())`. */
  isEndedWithin(from: SyntaxNode): boolean {
    return [...this.events].some(
      ([node, event]) => event === 'gone' && isFunction(node) && contains(from, node),
    );
  }

  #follow(binding: Binding): void {
    if (this.#names.has(binding)) return;
    this.#names.add(binding);
    for (const use of bindingsOf(this.#file).readsOf(binding)) {
      this.uses.push(use);
      const alias = this.#aliasMade(use);
      if (alias !== undefined) this.#follow(alias);
      else if (isRelease(this.#file, use) || this.#handOvers.isMove(use)) this.#end(use);
    }
  }

  /** `const d = c` in a function: another name of the same value. With `using` it is an end. */
  #aliasMade(use: SyntaxNode): Binding | undefined {
    const { value, parent } = unwrapUp(this.#file, use);
    if (parent?.type !== 'VariableDeclarator' || parent.init !== value) return undefined;
    const declaration = this.#file.parentOf.get(parent);
    const id = child(parent, 'id');
    if (id?.type !== 'Identifier' || !/^(const|let)$/.test(String(declaration?.kind))) return undefined;
    const alias = bindingsOf(this.#file).find(String(id.name), id);
    return alias?.scope.type === 'Program' ? undefined : alias;
  }

  #end(use: SyntaxNode): void {
    this.endings.push(use);
    this.isEndedForCertain ||= isRelease(this.#file, use) || !this.#handOvers.isGuess(use);
    for (const place of this.#placesOf(use, new Set())) this.events.set(place, 'gone');
  }

  /**
   * Where something takes effect in the variable's own function: in an inner function with a name, where that name is used;
   * in one without, where it is handed to somebody. Nobody knows whether a `catch` of a promise will be called.
   */
  #placesOf(node: SyntaxNode, asked: Set<SyntaxNode>): SyntaxNode[] {
    let inner: SyntaxNode | undefined;
    for (let at = enclosing(this.#file, node, isFunction); at !== undefined && at !== this.#root; ) {
      inner = at;
      at = enclosing(this.#file, at, isFunction);
    }
    if (inner === undefined) return [node];
    if (asked.has(inner)) return [];
    asked.add(inner);
    const name = nameOfFunction(this.#file, inner);
    if (name === undefined) return isCatchHandler(this.#file, inner) ? [] : [inner];
    return bindingsOf(this.#file)
      .readsOf(name)
      .flatMap((use) => this.#placesOf(use, asked));
  }
}

/** The function, or the program, to which a scope belongs. */
export function functionAround(file: SourceFile, scope: SyntaxNode): SyntaxNode {
  return isFunction(scope) ? scope : (enclosing(file, scope, isFunction) ?? file.program);
}

/** The name under which a function is called: its own, or that of the variable it stands in. */
function nameOfFunction(file: SourceFile, node: SyntaxNode): Binding | undefined {
  const { value, parent } = unwrapUp(file, node);
  const isVariable = parent?.type === 'VariableDeclarator' && parent.init === value;
  const id = child(isVariable ? parent : node, 'id');
  const name = isVariable || node.type === 'FunctionDeclaration' ? nameOf(id) : undefined;
  return name === undefined
    ? undefined
    : bindingsOf(file).find(name, isVariable ? parent : (file.parentOf.get(node) ?? node));
}

/** `promise.catch(() => …)` */
function isCatchHandler(file: SourceFile, node: SyntaxNode): boolean {
  const { value, parent } = unwrapUp(file, node);
  if (parent?.type !== 'CallExpression' || !children(parent, 'arguments').includes(value)) return false;
  const callee = child(parent, 'callee');
  return callee?.type === 'MemberExpression' && nameOf(child(callee, 'property')) === 'catch';
}
