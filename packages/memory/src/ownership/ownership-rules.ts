/**
 * What becomes of a disposable after it was acquired. Fine is: `using`, returned, kept in a field of something that is
 * disposable itself, put into a collection that is released, handed to somebody who takes it, or disposed of on every
 * path. Everything else is a finding.
 */
import { isExpectedToFail } from './expected-failures.ts';
import { FieldRules } from './field-rules.ts';
import { HandOvers } from './hand-overs.ts';
import { KeptUses } from './kept-uses.ts';
import { ListRules } from './list-rules.ts';
import type { ProgramFacts } from './program-facts.ts';
import { releaseNames } from './releases.ts';
import {
  child,
  children,
  isFunction,
  isNothing,
  memberName,
  nameOf,
  returnedBy,
  type SourceFile,
  type SyntaxNode,
  unwrapDown,
  unwrapUp,
} from './syntax.ts';
import { VariableRules } from './variable-rules.ts';
import { dropped, onlyLookedAt, takenApart, type Verdict } from './verdicts.ts';

export class OwnershipRules {
  readonly #facts: ProgramFacts;
  readonly #file: SourceFile;
  readonly #handOvers: HandOvers;
  readonly #fields: FieldRules;
  readonly #variables: VariableRules;
  readonly #lists: ListRules;

  constructor(facts: ProgramFacts, file: SourceFile) {
    this.#facts = facts;
    this.#file = file;
    this.#handOvers = new HandOvers(facts, file);
    const kept = new KeptUses(file, this.#handOvers);
    this.#fields = new FieldRules(facts, file, kept);
    this.#variables = new VariableRules(facts, file, this.#handOvers, this.#fields);
    this.#lists = new ListRules(file, kept, this.#variables, this.#fields);
  }

  /** Judges a call or `new`. @returns `undefined` when it acquires nothing, or all is well. */
  judge(node: SyntaxNode): Verdict | undefined {
    const what = this.#facts.acquisitions.acquired(this.#file, node);
    if (what === undefined || isExpectedToFail(this.#file, node)) return undefined;
    return this.#judge(node, what);
  }

  #judge(node: SyntaxNode, what: string): Verdict | undefined {
    const { value, parent } = unwrapUp(this.#file, node);
    switch (parent?.type) {
      case 'ExpressionStatement':
        return dropped(what);
      case 'UnaryExpression':
      case 'BinaryExpression':
      case 'TemplateLiteral':
      case 'IfStatement':
      case 'WhileStatement':
      case 'SwitchStatement':
        return onlyLookedAt(what);
      case 'ConditionalExpression':
      case 'LogicalExpression':
        return parent.test === value ? dropped(what) : this.#judge(parent, what);
      case 'SequenceExpression': {
        const isLast = children(parent, 'expressions').at(-1) === value;
        return isLast ? this.#judge(parent, what) : dropped(what);
      }
      case 'MemberExpression':
        return parent.object === value ? this.#judgeMember(parent, what) : undefined;
      case 'VariableDeclarator':
        return this.#judgeDeclarator(parent, what);
      case 'AssignmentExpression':
        return this.#judgeAssignment(parent, what);
      case 'AssignmentPattern':
        return this.#judgeDefault(parent, what);
      case 'PropertyDefinition':
        return this.#fields.judge(nameOf(child(parent, 'key')) ?? '', what, parent);
      case 'CallExpression':
        return this.#judgeArgument(parent, value, what);
      case 'ArrowFunctionExpression':
        return parent.body === value ? this.#judgeCallback(parent, what) : undefined;
      case 'SpreadElement':
        return this.#file.parentOf.get(parent)?.type === 'ObjectExpression' ? takenApart(what) : undefined;
      case 'ArrayExpression':
      case 'Property':
        return this.#lists.judge(parent, value, what);
      default:
        return undefined;
    }
  }

  /** `acquire().something`: fine when it releases, or when it passes on through a promise. */
  #judgeMember(member: SyntaxNode, what: string): Verdict | undefined {
    const name = memberName(member) ?? '';
    const { value, parent: call } = unwrapUp(this.#file, member);
    if (call?.type === 'CallExpression' && call.callee === value) {
      if (releaseNames.has(name)) return undefined;
      if (name === 'then') return this.#judgeThen(call, what);
      const handsOn = name === 'finally' || (name === 'catch' && this.#answersNothing(call));
      // What a test expects to be refused comes out of `catch`.
      if (name === 'catch' && !handsOn) return undefined;
      // A method that answers `this` hands the object on: begin(), configure().
      if (handsOn || this.#facts.acquisitions.answersThis(this.#file, call)) return this.#judge(call, what);
    }
    return {
      mistake: 'handle-lost',
      sentence: `only .${name} of ${what} is kept, and nobody can release the rest`,
    };
  }

  /** Whether the function that a call is given answers nothing or throws. */
  #answersNothing(call: SyntaxNode): boolean {
    const [callback] = children(call, 'arguments');
    return (
      isFunction(callback) && callback !== undefined && returnedBy(this.#file, callback).every(isNothing)
    );
  }

  /** `.then((x) => …)`: the function owns it from there on. With a second one a failure may be what is wanted. */
  #judgeThen(call: SyntaxNode, what: string): Verdict | undefined {
    const [callback, ...others] = children(call, 'arguments');
    if (callback === undefined || !isFunction(callback) || others.length > 0) return undefined;
    const [parameter] = children(callback, 'params');
    if (parameter?.type === 'Identifier') return this.#variables.judge(parameter, parameter, what);
    return parameter === undefined ? dropped(what) : takenApart(what);
  }

  #judgeDeclarator(declarator: SyntaxNode, what: string): Verdict | undefined {
    const declaration = this.#file.parentOf.get(declarator);
    if (declaration?.kind === 'using' || declaration?.kind === 'await using') return undefined;
    const id = child(declarator, 'id');
    return id?.type === 'Identifier' ? this.#variables.judge(id, declarator, what) : takenApart(what);
  }

  #judgeAssignment(assignment: SyntaxNode, what: string): Verdict | undefined {
    const target = child(assignment, 'left');
    if (target?.type === 'MemberExpression') {
      if (target.computed !== true) return this.#fields.judgeAssignment(assignment, what);
      return this.#lists.judgeInto(unwrapDown(child(target, 'object')), assignment, what);
    }
    if (target?.type !== 'Identifier') return dropped(what);
    // `return (x = acquire())`: who gets it from here owns it.
    if (this.#handOvers.isMove(assignment)) return undefined;
    return this.#variables.judge(target, assignment, what);
  }

  /** `function f(x = acquire())`, `constructor(private x = acquire())`, `{ x = acquire() }` */
  #judgeDefault(pattern: SyntaxNode, what: string): Verdict | undefined {
    const id = child(pattern, 'left');
    if (id?.type !== 'Identifier') return takenApart(what);
    const parameter = this.#file.parentOf.get(pattern);
    if (parameter?.type === 'TSParameterProperty')
      return this.#fields.judge(String(id.name), what, parameter);
    return this.#variables.judge(id, pattern, what);
  }

  #judgeArgument(call: SyntaxNode, argument: SyntaxNode, what: string): Verdict | undefined {
    if (unwrapDown(child(call, 'callee')) === argument) return undefined;
    if (this.#handOvers.takes(call, argument)) return this.#lists.judgeAdding(call, what);
    return {
      mistake: 'lent-only',
      sentence: `${what} is lent to a function that does not keep it, and nobody can release it`,
    };
  }

  /** `list.map((one) => acquire(one))` makes a list of them, `forEach` nothing; of other functions nothing is known. */
  #judgeCallback(callback: SyntaxNode, what: string): Verdict | undefined {
    const { value, parent: call } = unwrapUp(this.#file, callback);
    if (call?.type !== 'CallExpression' || call.callee === value) return undefined;
    const method = memberName(unwrapDown(child(call, 'callee')));
    if (method === 'forEach') return dropped(what);
    return method === 'map' || this.#lists.makesList(call) ? this.#lists.judge(call, call, what) : undefined;
  }
}
