/**
 * Every way through the block in which a variable lives, statement by statement: whether the value may still be held where
 * one of them leaves the block. An exception that nobody wrote counts only where the same block catches it.
 */
import { type ExpressionEvents, ExpressionWalk } from './expression-walk.ts';
import { type Paths, paths, through, type Ways, waysLeft } from './paths.ts';
import { child, children, isFunction, type SyntaxNode, unwrapDown } from './syntax.ts';

/** What came of the value. */
export interface WalkResult {
  /** On some way out it is still held. */
  readonly leaks: boolean;
  /** On some way something else was put into the variable while it was held. */
  readonly overwritten: boolean;
}

/** Walks the block, loop or function in which a variable is declared. */
export function walkPaths(scope: SyntaxNode, events: ExpressionEvents): WalkResult {
  const walk = new PathWalk(events);
  const end = walk.scope(scope);
  const { returns, throws, jumps } = walk.ways;
  const leaving = [end, returns, throws, ...jumps.values()].reduce((all, one) => all | one, paths.none);
  return { leaks: (leaving & paths.held) !== 0, overwritten: walk.overwritten };
}

class PathWalk {
  readonly #expressions: ExpressionWalk;
  ways: Ways = waysLeft();

  constructor(events: ExpressionEvents) {
    this.#expressions = new ExpressionWalk(events, (state) => {
      this.ways.fails |= state;
    });
  }

  get overwritten(): boolean {
    return this.#expressions.overwritten;
  }

  scope(node: SyntaxNode): Paths {
    if (!isFunction(node)) return this.#statement(node, paths.free);
    const parameters = this.#all(children(node, 'params'), paths.free);
    return this.#statement(child(node, 'body'), parameters);
  }

  #all(nodes: readonly SyntaxNode[], state: Paths): Paths {
    return nodes.reduce((before, node) => this.#statement(node, before), state);
  }

  /** @param label Of the statement, for a loop that is continued by its name. */
  #statement(node: SyntaxNode | undefined, state: Paths, label?: string): Paths {
    if (node === undefined || state === paths.none) return state;
    switch (node.type) {
      case 'Program':
      case 'BlockStatement':
      case 'StaticBlock':
      case 'TSModuleBlock':
        return this.#all(children(node, 'body'), state);
      case 'IfStatement': {
        const test = child(node, 'test');
        const tested = this.#expressions.pass(test, state);
        const whenTrue = this.#statement(child(node, 'consequent'), this.#when(test, true, tested));
        return whenTrue | this.#statement(child(node, 'alternate'), this.#when(test, false, tested));
      }
      case 'ForStatement':
      case 'WhileStatement':
      case 'DoWhileStatement':
      case 'ForOfStatement':
      case 'ForInStatement':
        return this.#loop(node, state, label);
      case 'SwitchStatement':
        return this.#switch(node, state);
      case 'LabeledStatement': {
        const name = String(child(node, 'label')?.name);
        const end = this.#statement(child(node, 'body'), state, name);
        return end | this.#take(`break ${name}`);
      }
      case 'ReturnStatement':
        this.ways.returns |= this.#expressions.pass(child(node, 'argument'), state);
        return paths.none;
      case 'ThrowStatement':
        this.ways.throws |= this.#expressions.pass(child(node, 'argument'), state);
        return paths.none;
      case 'BreakStatement':
      case 'ContinueStatement': {
        const kind = node.type === 'BreakStatement' ? 'break' : 'continue';
        this.#leave(`${kind} ${child(node, 'label')?.name ?? ''}`, state);
        return paths.none;
      }
      case 'TryStatement':
        return this.#try(node, state);
      case 'FunctionDeclaration':
        return state;
      default:
        return this.#expressions.pass(node, state);
    }
  }

  #when(test: SyntaxNode | undefined, outcome: boolean, state: Paths): Paths {
    return this.#expressions.when(test, outcome, state);
  }

  #leave(way: string, state: Paths): void {
    this.ways.jumps.set(way, (this.ways.jumps.get(way) ?? paths.none) | state);
  }

  /** The jumps of a kind that end here. */
  #take(way: string): Paths {
    const state = this.ways.jumps.get(way) ?? paths.none;
    this.ways.jumps.delete(way);
    return state;
  }

  /** Again and again, until another turn tells nothing new. */
  #loop(loop: SyntaxNode, state: Paths, label: string | undefined): Paths {
    const isCounted = /^For(Of|In)Statement$/.test(loop.type);
    const test = isCounted ? undefined : child(loop, 'test');
    let head = this.#expressions.pass(child(loop, isCounted ? 'right' : 'init'), state);
    for (;;) {
      // Its first turn comes before the test.
      const tested = loop.type === 'DoWhileStatement' ? head : this.#expressions.pass(test, head);
      const start = loop.type === 'DoWhileStatement' ? head : this.#when(test, true, tested);
      const bound = isCounted ? this.#expressions.pass(child(loop, 'left'), start) : start;
      let turn = this.#statement(child(loop, 'body'), bound) | this.#take('continue ');
      if (label !== undefined) turn |= this.#take(`continue ${label}`);
      turn = this.#expressions.pass(child(loop, 'update'), turn);
      const again = loop.type === 'DoWhileStatement' ? this.#expressions.pass(test, turn) : turn;
      const known = head;
      head |= loop.type === 'DoWhileStatement' ? this.#when(test, true, again) : again;
      if (head !== known) continue;
      const done = loop.type === 'DoWhileStatement' ? again : tested;
      const isEndless = !isCounted && (test === undefined || unwrapDown(test)?.value === true);
      const end = isEndless ? paths.none : isCounted ? head : this.#when(test, false, done);
      return end | this.#take('break ');
    }
  }

  #switch(node: SyntaxNode, state: Paths): Paths {
    const asked = this.#expressions.pass(child(node, 'discriminant'), state);
    const cases = children(node, 'cases');
    let fallen: Paths = paths.none;
    for (const one of cases) {
      const entered = this.#expressions.pass(child(one, 'test'), asked);
      fallen = this.#all(children(one, 'consequent'), fallen | entered);
    }
    const hasDefault = cases.some((one) => child(one, 'test') === undefined);
    return fallen | (hasDefault ? paths.none : asked) | this.#take('break ');
  }

  #try(node: SyntaxNode, state: Paths): Paths {
    const outer = this.ways;
    this.ways = waysLeft();
    let end = this.#statement(child(node, 'block'), state);
    const handler = child(node, 'handler');
    if (handler !== undefined) {
      const caught = this.ways.throws | this.ways.fails;
      this.ways.throws = paths.none;
      this.ways.fails = paths.none;
      end |= this.#statement(child(handler, 'body'), caught);
    }
    const inner = this.ways;
    this.ways = outer;
    const finalizer = child(node, 'finalizer');
    // Each way out passes through `finally` for itself and then goes on to where it was going.
    through(inner, outer, (way) => (finalizer === undefined ? way : this.#statement(finalizer, way)));
    return finalizer === undefined ? end : this.#statement(finalizer, end);
  }
}
