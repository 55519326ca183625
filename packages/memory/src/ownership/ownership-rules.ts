/**
 * What becomes of a disposable after it was acquired. Fine is: `using`, returned, kept in a field of something that is
 * disposable itself, put into a collection, handed to somebody who takes it, or disposed of on every path. Everything
 * else is a finding.
 */
import { HandOvers } from './hand-overs.ts';
import type { ProgramFacts } from './program-facts.ts';
import {
  child,
  children,
  contains,
  enclosing,
  isFunction,
  memberName,
  nameOf,
  type SourceFile,
  type SyntaxNode,
  unwrapDown,
  unwrapUp,
} from './syntax.ts';
import { TypeGuess } from './type-guess.ts';
import { releaseNames, ValueUses } from './value-uses.ts';

export type OwnershipMistake =
  | 'dropped'
  | 'handle-lost'
  | 'never-released'
  | 'released-on-some-paths'
  | 'overwritten'
  | 'returned-dead'
  | 'owner-not-disposable'
  | 'field-not-released'
  | 'lent-only';

export interface Verdict {
  readonly mistake: OwnershipMistake;
  readonly sentence: string;
}

/** What a value may lie in with others. */
const containers = /^(ArrayExpression|Property|ObjectExpression|SpreadElement)$/;
const promiseNames = new Set(['then', 'catch', 'finally']);

export class OwnershipRules {
  readonly #facts: ProgramFacts;
  readonly #file: SourceFile;
  readonly #guess: TypeGuess;
  readonly #uses: ValueUses;
  readonly #handOvers: HandOvers;

  constructor(facts: ProgramFacts, file: SourceFile) {
    this.#facts = facts;
    this.#file = file;
    this.#guess = new TypeGuess(facts, file);
    this.#uses = new ValueUses(file);
    this.#handOvers = new HandOvers(facts, file);
  }

  /** What a call or `new` acquires, or `undefined` where it acquires nothing. */
  acquired(node: SyntaxNode): string | undefined {
    return this.#guess.acquired(node);
  }

  /** `using x = …; return x` hands out a dead object. */
  judgeUsing(declarator: SyntaxNode): Verdict | undefined {
    const name = nameOf(child(declarator, 'id'));
    if (name === undefined) return undefined;
    for (const use of this.#uses.usesOf(name, declarator)) {
      const { parent } = unwrapUp(this.#file, use);
      if (parent?.type === 'ReturnStatement' && this.#uses.sameFunction(use, declarator)) {
        return {
          mistake: 'returned-dead',
          sentence: `"${name}" is declared with using and returned: the caller gets it dead`,
        };
      }
      if (
        parent !== undefined &&
        isFieldAssignment(parent, use, this.#file) &&
        !this.#isClearedAgain(parent)
      ) {
        return {
          mistake: 'returned-dead',
          sentence: `"${name}" is declared with using and kept in a field: it will be dead there`,
        };
      }
    }
    return undefined;
  }

  /** `this.#x = x` for as long as the scope lasts, with a `this.#x = undefined` at its end. */
  #isClearedAgain(assignment: SyntaxNode): boolean {
    const field = memberName(child(assignment, 'left'));
    return this.#file.nodes.some((node) => {
      if (node.type !== 'AssignmentExpression' || memberName(child(node, 'left')) !== field) return false;
      const right = child(node, 'right');
      const isNothing = nameOf(right) === 'undefined' || (right?.type === 'Literal' && right.value === null);
      return isNothing && node.start > assignment.end && this.#uses.sameFunction(node, assignment);
    });
  }

  /** Judges one acquisition. @returns `undefined` when all is well. */
  judge(node: SyntaxNode, what: string): Verdict | undefined {
    const { value, parent } = unwrapUp(this.#file, node);
    if (parent === undefined) return undefined;
    switch (parent.type) {
      case 'ExpressionStatement':
        return dropped(what);
      case 'UnaryExpression':
      case 'BinaryExpression':
      case 'TemplateLiteral':
      case 'IfStatement':
      case 'WhileStatement':
      case 'SwitchStatement':
        return {
          mistake: 'dropped',
          sentence: `${what} is acquired only to be looked at, and nobody can release it`,
        };
      case 'ConditionalExpression':
      case 'LogicalExpression':
        if (parent.test === value) return dropped(what);
        return this.judge(parent, what);
      case 'SequenceExpression': {
        const isLast = children(parent, 'expressions').at(-1) === value;
        return isLast ? this.judge(parent, what) : dropped(what);
      }
      case 'MemberExpression':
        return parent.object === value ? this.#judgeMember(parent, what) : undefined;
      case 'VariableDeclarator':
        return this.#judgeDeclarator(parent, what);
      case 'AssignmentExpression':
        return this.#judgeAssignment(parent, what);
      case 'PropertyDefinition':
        return this.#judgeField(
          enclosingClass(this.#file, parent),
          nameOf(child(parent, 'key')) ?? '',
          what,
          parent,
        );
      case 'CallExpression':
        return this.#judgeArgument(parent, value, what);
      case 'ArrayExpression':
      case 'Property':
      case 'ObjectExpression':
      case 'SpreadElement':
        return this.#judgeContainer(parent, what);
      default:
        return undefined;
    }
  }

  /** `acquire().something`: fine when it releases, or when it passes on through a promise. */
  #judgeMember(member: SyntaxNode, what: string): Verdict | undefined {
    const name = memberName(member) ?? '';
    const { parent } = unwrapUp(this.#file, member);
    const isCalled = parent?.type === 'CallExpression' && unwrapDown(child(parent, 'callee')) === member;
    if (isCalled && (releaseNames.has(name) || promiseNames.has(name))) return undefined;
    // A method that answers `this` hands the object on: begin(), configure().
    if (isCalled && parent !== undefined && this.#guess.answersThis(member)) return this.judge(parent, what);
    return {
      mistake: 'handle-lost',
      sentence: `only .${name} of ${what} is kept, and nobody can release the rest`,
    };
  }

  #judgeDeclarator(declarator: SyntaxNode, what: string): Verdict | undefined {
    const declaration = this.#file.parentOf.get(declarator);
    if (declaration?.kind === 'using' || declaration?.kind === 'await using') return undefined;
    const id = child(declarator, 'id');
    if (id?.type !== 'Identifier') {
      return { mistake: 'handle-lost', sentence: `${what} is taken apart, and nobody can release it` };
    }
    return this.#judgeVariable(String(id.name), declarator, what);
  }

  #judgeAssignment(assignment: SyntaxNode, what: string): Verdict | undefined {
    const target = child(assignment, 'left');
    if (target?.type === 'MemberExpression') {
      const isOwn = child(target, 'object')?.type === 'ThisExpression';
      if (!isOwn) return undefined;
      return this.#judgeField(
        enclosingClass(this.#file, assignment),
        memberName(target) ?? '',
        what,
        assignment,
      );
    }
    if (target?.type !== 'Identifier') return dropped(what);
    return this.#judgeVariable(String(target.name), assignment, what);
  }

  /** A variable without `using`: somebody has to release it, on every path, or take it over. */
  #judgeVariable(name: string, from: SyntaxNode, what: string): Verdict | undefined {
    const uses = this.#uses.usesOf(name, from);
    const scope = enclosing(this.#file, from, (one) => isFunction(one) || one.type === 'Program');
    if (scope?.type === 'Program' && uses.some((use) => !this.#uses.sameFunction(use, from)))
      return undefined;
    const releases = uses.filter((use) => this.#uses.isRelease(use));
    if (uses.some((use) => this.#handOvers.isMove(use))) return undefined;
    if (releases.length === 0) {
      const isLent = uses.some((use) => unwrapUp(this.#file, use).parent?.type === 'CallExpression');
      if (isLent)
        return {
          mistake: 'lent-only',
          sentence: `${what} in "${name}" is lent to others and never released`,
        };
      return { mistake: 'never-released', sentence: `${what} in "${name}" is never released` };
    }
    if (this.#uses.isOverwritten(name, from, releases)) {
      return {
        mistake: 'overwritten',
        sentence: `"${name}" takes another before ${what} in it was released`,
      };
    }
    if (releases.some((use) => this.#uses.isOnEveryPath(use, from))) return undefined;
    return {
      mistake: 'released-on-some-paths',
      sentence: `${what} in "${name}" is not released on every path`,
    };
  }

  /** Kept in a field: the class has to be disposable, and to name the field where it disposes. */
  #judgeField(
    owner: SyntaxNode | undefined,
    field: string,
    what: string,
    at: SyntaxNode,
  ): Verdict | undefined {
    if (owner === undefined) return undefined;
    const className = nameOf(child(owner, 'id')) ?? 'the class';
    const isStatic = at.type === 'PropertyDefinition' && at.static === true;
    if (isStatic) return undefined;
    const members = children(child(owner, 'body'), 'body');
    const disposing = members.filter((one) => releaseNames.has(nameOf(child(one, 'key')) ?? ''));
    if (disposing.length === 0 && !this.#facts.disposables.has(className)) {
      return {
        mistake: 'owner-not-disposable',
        sentence: `${className} keeps ${what} in ${field} and cannot be disposed of`,
      };
    }
    const releases = members.some((one) => this.#namesField(one, field, at));
    if (releases) return undefined;
    return {
      mistake: 'field-not-released',
      sentence: `${className} keeps ${what} in ${field} and never releases it`,
    };
  }

  /** Whether a member, other than where it is acquired, releases the field or passes it on. */
  #namesField(member: SyntaxNode, field: string, at: SyntaxNode): boolean {
    return this.#file.nodes.some((node) => {
      if (!contains(member, node) || contains(at, node)) return false;
      if (node.type !== 'MemberExpression' || memberName(node) !== field) return false;
      if (child(node, 'object')?.type !== 'ThisExpression') return false;
      return this.#uses.isRelease(node) || this.#handOvers.isMove(node) || this.#uses.isLoopedOver(node);
    });
  }

  #judgeArgument(call: SyntaxNode, argument: SyntaxNode, what: string): Verdict | undefined {
    if (unwrapDown(child(call, 'callee')) === argument) return undefined;
    if (this.#handOvers.takes(call, argument)) return undefined;
    return {
      mistake: 'lent-only',
      sentence: `${what} is lent to a function that does not keep it, and nobody can release it`,
    };
  }

  #judgeContainer(part: SyntaxNode, what: string): Verdict | undefined {
    let container: SyntaxNode | undefined = part;
    while (container !== undefined && containers.test(container.type)) {
      const { parent } = unwrapUp(this.#file, container);
      if (parent === undefined || !containers.test(parent.type)) break;
      container = parent;
    }
    const { parent } = unwrapUp(this.#file, container ?? part);
    if (parent?.type === 'ExpressionStatement') return dropped(what);
    if (parent?.type !== 'VariableDeclarator') return undefined;
    const id = child(parent, 'id');
    if (id?.type !== 'Identifier') return undefined;
    const uses = this.#uses.usesOf(String(id.name), parent);
    if (uses.length > 0) return undefined;
    return { mistake: 'never-released', sentence: `${what} in "${String(id.name)}" is never released` };
  }
}

function dropped(what: string): Verdict {
  return { mistake: 'dropped', sentence: `${what} is acquired and dropped at once` };
}

function enclosingClass(file: SourceFile, node: SyntaxNode): SyntaxNode | undefined {
  return enclosing(file, node, (one) => one.type === 'ClassDeclaration' || one.type === 'ClassExpression');
}

function isFieldAssignment(parent: SyntaxNode, use: SyntaxNode, file: SourceFile): boolean {
  if (parent.type !== 'AssignmentExpression') return false;
  const target = child(parent, 'left');
  const isThis = target?.type === 'MemberExpression' && child(target, 'object')?.type === 'ThisExpression';
  return isThis && unwrapUp(file, use).value === parent.right;
}
