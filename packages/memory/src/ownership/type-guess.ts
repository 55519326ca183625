/** Which type a simple expression has, as far as declarations in the program tell; and whether a call acquires. */
import { type ProgramFacts, typeName } from './program-facts.ts';
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
} from './syntax.ts';

export class TypeGuess {
  readonly #facts: ProgramFacts;
  readonly #file: SourceFile;

  constructor(facts: ProgramFacts, file: SourceFile) {
    this.#facts = facts;
    this.#file = file;
  }

  /** What a call or `new` gives its caller to own, in words; `undefined` where that is nothing. */
  acquired(node: SyntaxNode): string | undefined {
    const { disposables, functions, methods, methodNames } = this.#facts;
    const callee = unwrapDown(child(node, 'callee'));
    const name = nameOf(callee);
    if (node.type === 'NewExpression') {
      return name !== undefined && disposables.has(name) ? `a ${name}` : undefined;
    }
    if (node.type !== 'CallExpression' || callee === undefined) return undefined;
    if (callee.type === 'Identifier') {
      return name !== undefined && functions.has(name) && !this.#isLocal(name, node)
        ? `what ${name}() gives`
        : undefined;
    }
    const method = memberName(callee);
    if (method === undefined) return undefined;
    const receiver = this.typeOf(child(callee, 'object'));
    const isKnown = receiver !== undefined && this.#knows(receiver);
    if (isKnown ? methods.has(`${receiver}.${method}`) : methodNames.has(method)) {
      return `what ${receiver === undefined ? '' : `${receiver}.`}${method}() gives`;
    }
    return undefined;
  }

  /** Whether the method is declared to answer `this`. */
  answersThis(member: SyntaxNode): boolean {
    const receiver = this.typeOf(child(member, 'object'));
    const known = this.#facts.declared.get(`${receiver ?? ''}.${memberName(member) ?? ''}`);
    const declared = child(child(known?.node, 'returnType'), 'typeAnnotation');
    return declared?.type === 'TSThisType';
  }

  typeOf(expression: SyntaxNode | undefined): string | undefined {
    const node = unwrapDown(expression);
    switch (node?.type) {
      case 'ThisExpression':
        return nameOf(
          child(
            enclosing(this.#file, node, (one) => one.type === 'ClassDeclaration'),
            'id',
          ),
        );
      case 'NewExpression':
        return nameOf(child(node, 'callee'));
      case 'Identifier':
        return this.#typeOfVariable(String(node.name), node);
      case 'MemberExpression': {
        const owner = this.typeOf(child(node, 'object'));
        return owner === undefined
          ? undefined
          : this.#facts.fieldTypes.get(`${owner}.${memberName(node) ?? ''}`);
      }
      case 'CallExpression': {
        const callee = unwrapDown(child(node, 'callee'));
        if (callee?.type === 'Identifier') return this.#facts.returnTypes.get(String(callee.name));
        return this.#facts.returnTypes.get(
          `${this.typeOf(child(callee, 'object')) ?? ''}.${memberName(callee) ?? ''}`,
        );
      }
      default:
        return undefined;
    }
  }

  /** Of the nearest declaration before the use: a parameter with its type, a variable with its type or its value. */
  #typeOfVariable(name: string, use: SyntaxNode): string | undefined {
    for (
      let scope = enclosing(this.#file, use, (one) => isFunction(one) || one.type === 'Program');
      scope !== undefined;
      scope = enclosing(this.#file, scope, (one) => isFunction(one) || one.type === 'Program')
    ) {
      const parameter = children(scope, 'params').find((one) => nameOf(one) === name);
      if (parameter !== undefined) return typeName(child(parameter, 'typeAnnotation'));
      const inside = scope;
      const declarator = this.#file.nodes.findLast(
        (one) =>
          one.type === 'VariableDeclarator' &&
          one.start < use.start &&
          contains(inside, one) &&
          nameOf(child(one, 'id')) === name &&
          !contains(child(one, 'init'), use),
      );
      if (declarator === undefined) continue;
      return (
        typeName(child(child(declarator, 'id'), 'typeAnnotation')) ?? this.typeOf(child(declarator, 'init'))
      );
    }
    // A name that is declared nowhere as a variable may be a class, whose static methods are asked for.
    return this.#knows(name) ? name : undefined;
  }

  /** A parameter or an inner function of this name hides the program's. */
  #isLocal(name: string, use: SyntaxNode): boolean {
    for (let scope = enclosing(this.#file, use, isFunction); scope !== undefined; ) {
      if (children(scope, 'params').some((one) => nameOf(one) === name)) return true;
      scope = enclosing(this.#file, scope, isFunction);
    }
    return false;
  }

  #knows(type: string): boolean {
    if (this.#facts.disposables.has(type)) return true;
    for (const key of this.#facts.returnTypes.keys()) if (key.startsWith(`${type}.`)) return true;
    for (const key of this.#facts.declared.keys()) if (key.startsWith(`${type}.`)) return true;
    return false;
  }
}
