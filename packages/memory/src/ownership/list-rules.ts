/** A value that is put into a list, a map, a set or an object: what becomes of that. */
import { bindingsOf } from './bindings.ts';
import type { FieldRules } from './field-rules.ts';
import type { KeptUses } from './kept-uses.ts';
import { adders, isList, makesCollection, ownField } from './lists.ts';
import {
  child,
  memberName,
  nameOf,
  type SourceFile,
  type SyntaxNode,
  unwrapDown,
  unwrapUp,
} from './syntax.ts';
import type { VariableRules } from './variable-rules.ts';
import { dropped, neverReleased, type Verdict } from './verdicts.ts';

/** Calls that answer a list of what they are given, or of what their function answers. */
const listMakers = /^(Promise\.all|Array\.from|Array\.of)$/;

export class ListRules {
  readonly #file: SourceFile;
  readonly #kept: KeptUses;
  readonly #variables: VariableRules;
  readonly #fields: FieldRules;

  constructor(file: SourceFile, kept: KeptUses, variables: VariableRules, fields: FieldRules) {
    this.#file = file;
    this.#kept = kept;
    this.#variables = variables;
    this.#fields = fields;
  }

  /** Whether a call or `new` answers a list in which its argument lies: `Promise.all([…])`, `new Set([…])`. */
  makesList(call: SyntaxNode): boolean {
    const callee = unwrapDown(child(call, 'callee'));
    if (callee === undefined) return false;
    if (call.type === 'NewExpression') return makesCollection(call);
    return listMakers.test(this.#file.text.slice(callee.start, callee.end));
  }

  /** @param list The array, object or call, as an expression. @param element The value in it. */
  judge(list: SyntaxNode, element: SyntaxNode, what: string): Verdict | undefined {
    const { value, parent } = unwrapUp(this.#file, list);
    switch (parent?.type) {
      case 'ExpressionStatement':
        return dropped(what);
      case 'ArrayExpression':
      case 'Property':
      case 'ObjectExpression':
      case 'SpreadElement':
        return this.judge(parent, element, what);
      case 'CallExpression':
      case 'NewExpression':
        return parent.callee !== value && this.makesList(parent)
          ? this.judge(parent, element, what)
          : undefined;
      case 'VariableDeclarator':
        return this.#judgeDeclarator(parent, element, what);
      case 'PropertyDefinition':
        return this.#fields.judge(nameOf(child(parent, 'key')) ?? '', what, parent, true);
      case 'AssignmentExpression': {
        const field = ownField(child(parent, 'left'));
        return field === undefined ? undefined : this.#fields.judge(field, what, parent, true);
      }
      default:
        return undefined;
    }
  }

  /** `list.push(x)`, where the list is a variable of the function or a field, and a list for certain. */
  judgeAdding(call: SyntaxNode, what: string): Verdict | undefined {
    const callee = unwrapDown(child(call, 'callee'));
    if (!adders.test(memberName(callee) ?? '')) return undefined;
    return this.judgeInto(unwrapDown(child(callee, 'object')), call, what);
  }

  /** @param at The call or assignment by which the value gets into the list. */
  judgeInto(list: SyntaxNode | undefined, at: SyntaxNode, what: string): Verdict | undefined {
    if (list === undefined || !isList(this.#file, list)) return undefined;
    const field = ownField(list);
    return field === undefined ? this.#judgeVariable(list, what) : this.#fields.judge(field, what, at, true);
  }

  #judgeDeclarator(declarator: SyntaxNode, element: SyntaxNode, what: string): Verdict | undefined {
    const id = child(declarator, 'id');
    if (id?.type === 'Identifier') return this.#judgeVariable(id, what);
    const array = unwrapUp(this.#file, element).parent;
    if (id?.type !== 'ArrayPattern' || array?.type !== 'ArrayExpression') return undefined;
    const index = (array.elements as unknown[]).indexOf(unwrapUp(this.#file, element).value);
    const taker = (id.elements as (SyntaxNode | null | undefined)[])[index];
    if (taker == null) return dropped(what);
    return taker.type === 'Identifier' ? this.#variables.judge(taker, declarator, what) : undefined;
  }

  #judgeVariable(id: SyntaxNode, what: string): Verdict | undefined {
    const binding = bindingsOf(this.#file).find(String(id.name), id);
    if (binding === undefined || binding.scope.type === 'Program') return undefined;
    const uses = bindingsOf(this.#file).readsOf(binding);
    if (uses.some((use) => this.#kept.endsElements(use))) return undefined;
    return neverReleased(what, binding.name);
  }
}
