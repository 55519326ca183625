/** The ways through an expression, in the order in which its parts are evaluated. */
import type { NullTests } from './null-tests.ts';
import { type Paths, paths } from './paths.ts';
import { allChildren, child, isFunction, type SyntaxNode, unwrapDown } from './syntax.ts';

/** What happens to the value at a node, once its parts are evaluated. */
export type ValueEvent = 'acquired' | 'gone' | 'written';

export interface ExpressionEvents {
  readonly at: ReadonlyMap<SyntaxNode, ValueEvent>;
  readonly nullTests: NullTests;
  /** Whether a call never comes back: `process.exit()`. */
  readonly neverReturns: (call: SyntaxNode) => boolean;
}

const mayFail = new Set(['CallExpression', 'NewExpression', 'AwaitExpression', 'YieldExpression']);

export class ExpressionWalk {
  readonly #events: ExpressionEvents;
  readonly #onFailing: (state: Paths) => void;
  /** Something else was put into the variable while the value was held. */
  overwritten = false;

  /** @param onFailing Is told with what state an exception may leave the expression. */
  constructor(events: ExpressionEvents, onFailing: (state: Paths) => void) {
    this.#events = events;
    this.#onFailing = onFailing;
  }

  /** What is known after an expression, or a statement without ways of its own. */
  pass(node: SyntaxNode | undefined, state: Paths): Paths {
    if (node === undefined || state === paths.none) return state;
    const after = this.#parts(node, state);
    if (mayFail.has(node.type)) this.#onFailing(after);
    if (this.#events.neverReturns(node)) return paths.none;
    return this.#happen(node, after);
  }

  /** What is known where a condition came out like this. */
  when(test: SyntaxNode | undefined, outcome: boolean, state: Paths): Paths {
    const isAbsent = test !== undefined && this.#events.nullTests.isAbsent(test, outcome);
    return isAbsent && state !== paths.none ? paths.free : state;
  }

  #happen(node: SyntaxNode, state: Paths): Paths {
    const event = this.#events.at.get(node);
    if (event === undefined || state === paths.none) return state;
    if (event === 'written' && (state & paths.held) !== 0) this.overwritten = true;
    return event === 'acquired' ? paths.held : paths.free;
  }

  #parts(node: SyntaxNode, state: Paths): Paths {
    // What a function does happens when it is called, which the events know.
    if (isFunction(node)) return state;
    switch (node.type) {
      case 'LogicalExpression': {
        const left = child(node, 'left');
        const first = this.pass(left, state);
        const [goesOn, stays] = this.#sides(node.operator, left, first);
        return this.pass(child(node, 'right'), goesOn) | stays;
      }
      case 'ConditionalExpression': {
        const test = child(node, 'test');
        const tested = this.pass(test, state);
        const whenTrue = this.pass(child(node, 'consequent'), this.when(test, true, tested));
        return whenTrue | this.pass(child(node, 'alternate'), this.when(test, false, tested));
      }
      case 'AssignmentExpression':
        return this.#assignment(node, state);
      default:
        return this.#each(node, state);
    }
  }

  #each(node: SyntaxNode, state: Paths): Paths {
    const parts = allChildren(node).sort((a, b) => a.start - b.start);
    return parts.reduce((before, part) => this.pass(part, before), state);
  }

  /** The ways on which the right side of `&&`, `||` or `??` is evaluated, and those on which it is not. */
  #sides(operator: unknown, left: SyntaxNode | undefined, state: Paths): [Paths, Paths] {
    if (operator === '&&') return [this.when(left, true, state), this.when(left, false, state)];
    // Of `??`, too: where the variable itself is asked, its right side means that there is nothing in it.
    if (operator === '||' || this.#events.nullTests.isSubject(unwrapDown(left)))
      return [this.when(left, false, state), this.when(left, true, state)];
    return [state, state];
  }

  /** The value first, and then the name that takes it; `x ??= …` only where there is nothing in it. */
  #assignment(node: SyntaxNode, state: Paths): Paths {
    const [left, right] = [child(node, 'left'), child(node, 'right')];
    if (left?.type === 'MemberExpression') return this.pass(right, this.pass(left, state));
    if (node.operator === '??=' || node.operator === '||=') {
      const isSubject = this.#events.nullTests.isSubject(left);
      return this.pass(right, isSubject ? paths.free : state) | state;
    }
    return this.pass(left, this.pass(right, state));
  }
}
