/**
 * Which calls give their caller something to own: `new` of a disposable class, and functions that are declared to answer
 * one, or answer what they have just acquired. A function whose doc comment has the word `@borrowed` hands out what
 * somebody else owns.
 */
import { bindingsOf } from './bindings.ts';
import type { DeclaredTypes } from './declared-types.ts';
import { isList } from './lists.ts';
import type { Declared } from './program-names.ts';
import {
  child,
  enclosing,
  isClass,
  isNothing,
  memberName,
  nameOf,
  nodesIn,
  returnedBy,
  type SourceFile,
  type SyntaxNode,
  unwrapDown,
} from './syntax.ts';
import { functionOf, type TypeGuess } from './type-guess.ts';

/** Methods by which an object takes over what it is given and answers it. */
const keepingNames = new Set(['use', 'adopt']);

export class Acquisitions {
  readonly #types: DeclaredTypes;
  readonly #guess: TypeGuess;
  /** By function; `false` while it is being worked out, as a function that only calls itself gives nothing. */
  readonly #gives = new Map<SyntaxNode, boolean>();

  constructor(types: DeclaredTypes, guess: TypeGuess) {
    this.#types = types;
    this.#guess = guess;
  }

  /** What a call or `new` gives its caller to own, in words; `undefined` where that is nothing. */
  acquired(file: SourceFile, node: SyntaxNode): string | undefined {
    const callee = unwrapDown(child(node, 'callee'));
    if (node.type === 'NewExpression') {
      const made = this.#guess.madeClass(file, node);
      return made !== undefined && this.#types.isDisposable(made) ? `a ${nameOf(callee)}` : undefined;
    }
    if (node.type !== 'CallExpression') return undefined;
    const called = this.#guess.calledFunction(file, node);
    if (called === undefined || !this.#isGiving(called)) return undefined;
    if (callee?.type === 'Identifier') return `what ${String(callee.name)}() gives`;
    const receiver = this.#guess.typeOf(file, child(callee, 'object'));
    const owner = nameOf(child(receiver?.node, 'id'));
    return `what ${owner === undefined ? '' : `${owner}.`}${memberName(callee)}() gives`;
  }

  /** Whether a method is declared to answer `this`. */
  answersThis(file: SourceFile, call: SyntaxNode): boolean {
    const called = functionOf(this.#guess.calledFunction(file, call)?.node);
    return child(child(called, 'returnType'), 'typeAnnotation')?.type === 'TSThisType';
  }

  /** Whether a `new` makes something that lends to others: a pool. */
  makesLender(file: SourceFile, node: SyntaxNode): boolean {
    const made = node.type === 'NewExpression' ? this.#guess.madeClass(file, node) : undefined;
    const lease = made && this.#types.member(made, 'lease');
    return lease !== undefined && this.#isGiving(lease);
  }

  #isGiving(called: Declared): boolean {
    const known = this.#gives.get(called.node);
    if (known !== undefined) return known;
    this.#gives.set(called.node, false);
    const gives = this.#findGiving(called);
    this.#gives.set(called.node, gives);
    return gives;
  }

  #findGiving({ file, node }: Declared): boolean {
    const body = functionOf(node);
    if (body === undefined || isBorrowed(file, node)) return false;
    const returned = returnedBy(file, body).filter((one) => !isNothing(one));
    if (returned.length > 0 && returned.every(isKept)) return false;
    if (returned.some((one) => isCached(file, one)) && !takesOut(file, body)) return false;
    const declared = child(body, 'returnType');
    if (declared === undefined)
      return returned.some((one) => isCall(one) && this.acquired(file, one) !== undefined);
    const type = this.#types.meant(file, declared);
    if (type === undefined || !this.#types.isDisposable(type)) return false;
    return !this.#isInner(type, { file, node });
  }

  /** `scope.nest()`: a scope that a scope answers ends with it at the latest. */
  #isInner(type: Declared, method: Declared): boolean {
    const owner = enclosing(method.file, method.node, isClass);
    if (owner !== type.node || method.node.static === true) return false;
    return [...keepingNames].every((name) => this.#types.member(type, name) !== undefined);
  }
}

function isCall(node: SyntaxNode): boolean {
  return node.type === 'CallExpression' || node.type === 'NewExpression';
}

/** `this.field`, what was just put there, or what `this` was given to keep: the object owns it. */
function isKept(value: SyntaxNode): boolean {
  const left = value.type === 'AssignmentExpression' ? unwrapDown(child(value, 'left')) : value;
  const callee = unwrapDown(child(value, 'callee'));
  if (callee?.type === 'MemberExpression' && keepingNames.has(memberName(callee) ?? ''))
    return rootOf(callee)?.type === 'ThisExpression';
  return left?.type === 'MemberExpression' && child(left, 'object')?.type === 'ThisExpression';
}

/** What was looked up in a map before: `let x = this.#all.get(key)`. */
function isCached(file: SourceFile, value: SyntaxNode): boolean {
  if (value.type !== 'Identifier') return false;
  const binding = bindingsOf(file).find(String(value.name), value);
  const looked = unwrapDown(child(binding?.declaration, 'init'));
  const callee = looked?.type === 'CallExpression' ? unwrapDown(child(looked, 'callee')) : undefined;
  return memberName(callee) === 'get' && isList(file, unwrapDown(child(callee, 'object')));
}

function takesOut(file: SourceFile, body: SyntaxNode): boolean {
  return nodesIn(file, body).some((node) => memberName(node) === 'delete');
}

function rootOf(member: SyntaxNode): SyntaxNode | undefined {
  const object = unwrapDown(child(member, 'object'));
  return object?.type === 'MemberExpression' ? rootOf(object) : object;
}

/** Whether the doc comment right above says `@borrowed`. */
function isBorrowed(file: SourceFile, node: SyntaxNode): boolean {
  let top = node;
  let parent = file.parentOf.get(top);
  while (parent !== undefined && /^(Export|VariableDeclaration$)/.test(parent.type)) {
    top = parent;
    parent = file.parentOf.get(top);
  }
  const before = file.text.slice(0, top.start).trimEnd();
  if (!before.endsWith('*/')) return false;
  return before.slice(before.lastIndexOf('/**')).includes('@borrowed');
}
