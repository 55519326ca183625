/** `using x = …; return x` hands out a dead object: whether what ends with its block gets out of it. */
import { bindingsOf } from './bindings.ts';
import { adders, isList, ownField } from './lists.ts';
import {
  child,
  children,
  contains,
  enclosing,
  isFunction,
  isNothing,
  memberName,
  nameOf,
  type SourceFile,
  type SyntaxNode,
  unwrapDown,
  unwrapUp,
} from './syntax.ts';
import { functionAround } from './value-story.ts';
import type { Verdict } from './verdicts.ts';

/** What ends all that it was given, unless that is taken out of it. */
const scopes = /^(Async)?(MemoryScope|DisposableStack)$|^GpuMemoryScope$/;
const takesIn = /^(use|useTensor|adopt|nest)$/;
const letsOut = /^(keep|move)$/;

const removers = /^(pop|shift|splice|delete|clear|remove)$/;

export class UsingRules {
  readonly #file: SourceFile;

  constructor(file: SourceFile) {
    this.#file = file;
  }

  /** @param declarator Of a `using` or `await using`. */
  judge(declarator: SyntaxNode): Verdict | undefined {
    const id = child(declarator, 'id');
    const name = nameOf(id);
    if (id === undefined || name === undefined) return undefined;
    const home = functionAround(this.#file, declarator);
    const uses = this.#usesOf(id);
    for (const use of uses) {
      const inner = functionAround(this.#file, use);
      // A function inside that is handed out asks for it when it is dead.
      const isOut = inner === home ? this.#isHandedOut(use) : this.#isHandedOutOf(home, inner);
      if (isOut) return this.#dead(name, 'returned: the caller gets it dead');
      if (inner === home && this.#isKept(use, home))
        return this.#dead(name, 'kept in a field: it will be dead there');
    }
    const made = child(unwrapDown(child(declarator, 'init')), 'callee');
    return scopes.test(nameOf(made) ?? '') ? this.#judgeMembers(name, uses, home) : undefined;
  }

  /** Whether a member of a scope is handed out that ends with it. Whoever gets the scope itself may have taken it out. */
  #judgeMembers(scope: string, uses: readonly SyntaxNode[], home: SyntaxNode): Verdict | undefined {
    const calls = uses.map((use) => this.#callOn(use));
    if (calls.some((call) => call === undefined || letsOut.test(methodOf(call)))) return undefined;
    for (const call of calls) {
      if (call === undefined || !takesIn.test(methodOf(call))) continue;
      const isOut = [call, ...this.#usesOfAlias(call)].some(
        (end) => functionAround(this.#file, end) === home && this.#isHandedOut(end),
      );
      const sentence = `what ${scope}.${methodOf(call)}() gives ends with "${scope}" and is returned: keep takes it out`;
      if (isOut) return { mistake: 'returned-dead', sentence };
    }
    return undefined;
  }

  /** The call of a method of this value; `undefined` where it is used in another way. */
  #callOn(use: SyntaxNode): SyntaxNode | undefined {
    const member = unwrapUp(this.#file, use).parent;
    if (member?.type !== 'MemberExpression' || child(member, 'object') !== use) return undefined;
    const { value, parent } = unwrapUp(this.#file, member);
    return parent?.type === 'CallExpression' && parent.callee === value ? parent : undefined;
  }

  #dead(name: string, what: string): Verdict {
    return { mistake: 'returned-dead', sentence: `"${name}" is declared with using and ${what}` };
  }

  /** Uses of the variable and of what it is put into under another name. */
  #usesOf(id: SyntaxNode): SyntaxNode[] {
    const binding = bindingsOf(this.#file).find(String(id.name), id);
    if (binding === undefined) return [];
    return bindingsOf(this.#file)
      .readsOf(binding)
      .flatMap((use) => [use, ...this.#usesOfAlias(use)]);
  }

  #usesOfAlias(node: SyntaxNode): SyntaxNode[] {
    const { value, parent } = unwrapUp(this.#file, node);
    const alias =
      parent?.type === 'VariableDeclarator' && parent.init === value ? child(parent, 'id') : undefined;
    return alias?.type === 'Identifier' ? this.#usesOf(alias) : [];
  }

  #isHandedOutOf(home: SyntaxNode, inner: SyntaxNode): boolean {
    return enclosing(this.#file, inner, isFunction) === home && this.#isHandedOut(inner);
  }

  /** Whether a value is returned or yielded, by itself or in an array, an object or one side of a choice. */
  #isHandedOut(node: SyntaxNode): boolean {
    const { value, parent } = unwrapUp(this.#file, node);
    switch (parent?.type) {
      case 'ReturnStatement':
      case 'YieldExpression':
        return true;
      case 'ArrayExpression':
      case 'ObjectExpression':
        return this.#isHandedOut(parent);
      case 'Property':
        return parent.value === value && this.#isHandedOut(parent);
      case 'ConditionalExpression':
        return parent.test !== value && this.#isHandedOut(parent);
      case 'LogicalExpression':
        return (parent.operator !== '&&' || parent.right === value) && this.#isHandedOut(parent);
      default:
        return false;
    }
  }

  /** Whether it is put into a field, or a list that outlives the function, and not taken out again. */
  #isKept(use: SyntaxNode, home: SyntaxNode): boolean {
    const { value, parent } = unwrapUp(this.#file, use);
    if (parent?.type === 'AssignmentExpression' && parent.right === value) {
      const target = child(parent, 'left');
      return child(target, 'object')?.type === 'ThisExpression' && !this.#isClearedAgain(parent, home);
    }
    if (parent?.type !== 'CallExpression' || !children(parent, 'arguments').includes(value)) return false;
    const callee = unwrapDown(child(parent, 'callee'));
    const list = unwrapDown(child(callee, 'object'));
    if (list === undefined || !adders.test(memberName(callee) ?? '') || !this.#outlives(list, home))
      return false;
    return !this.#isTakenOut(list, parent, home);
  }

  /** Whether a list belongs to `this` or to the module. */
  #outlives(list: SyntaxNode, home: SyntaxNode): boolean {
    if (!isList(this.#file, list)) return false;
    if (ownField(list) !== undefined) return true;
    const binding = bindingsOf(this.#file).find(String(list.name), list);
    return home.type !== 'Program' && binding?.scope.type === 'Program';
  }

  /** `this.#x = x` for as long as the scope lasts, with a `this.#x = undefined` at its end. */
  #isClearedAgain(assignment: SyntaxNode, home: SyntaxNode): boolean {
    const field = memberName(child(assignment, 'left'));
    return this.#after(assignment, home).some(
      (node) =>
        node.type === 'AssignmentExpression' &&
        memberName(child(node, 'left')) === field &&
        isNothing(child(node, 'right')),
    );
  }

  /** `this.#all.add(x)` with a `this.#all.delete(x)` behind it. */
  #isTakenOut(list: SyntaxNode, adding: SyntaxNode, home: SyntaxNode): boolean {
    const text = this.#file.text.slice(list.start, list.end);
    return this.#after(adding, home).some((node) => {
      if (node.type !== 'MemberExpression' || !removers.test(memberName(node) ?? '')) return false;
      const object = child(node, 'object');
      return this.#file.text.slice(object?.start, object?.end) === text;
    });
  }

  #after(node: SyntaxNode, home: SyntaxNode): SyntaxNode[] {
    return this.#file.nodes.filter((one) => one.start > node.end && contains(home, one));
  }
}

function methodOf(call: SyntaxNode): string {
  return memberName(unwrapDown(child(call, 'callee'))) ?? '';
}
