/** Which type a simple expression has, as far as declarations in the program tell. Nothing is taken from a name alone. */
import { bindingsOf } from './bindings.ts';
import type { DeclaredTypes } from './declared-types.ts';
import type { Declared, ProgramNames } from './program-names.ts';
import {
  child,
  enclosing,
  isClass,
  isFunction,
  memberName,
  nameOf,
  returnedBy,
  type SourceFile,
  type SyntaxNode,
  unwrapDown,
} from './syntax.ts';

export class TypeGuess {
  readonly #names: ProgramNames;
  readonly #types: DeclaredTypes;
  /** By expression; nothing while it is being worked out, so that `a = b, b = a` has an end. */
  readonly #known = new Map<SyntaxNode, Declared | undefined>();

  constructor(names: ProgramNames, types: DeclaredTypes) {
    this.#names = names;
    this.#types = types;
  }

  /** The class or interface of an expression; a class itself counts as what it makes. */
  typeOf(file: SourceFile, expression: SyntaxNode | undefined): Declared | undefined {
    const node = unwrapDown(expression);
    if (node === undefined) return undefined;
    if (this.#known.has(node)) return this.#known.get(node);
    this.#known.set(node, undefined);
    const type = this.#guess(file, node);
    this.#known.set(node, type);
    return type;
  }

  /** The function or method that a call goes to. */
  calledFunction(file: SourceFile, call: SyntaxNode): Declared | undefined {
    const callee = unwrapDown(child(call, 'callee'));
    if (callee?.type === 'Identifier') return this.#names.findFunction(file, String(callee.name), callee);
    const name = memberName(callee);
    const receiver = name === undefined ? undefined : this.typeOf(file, child(callee, 'object'));
    return receiver === undefined || name === undefined ? undefined : this.#types.member(receiver, name);
  }

  /** The class that a `new` makes an object of. */
  madeClass(file: SourceFile, made: SyntaxNode): Declared | undefined {
    const callee = unwrapDown(child(made, 'callee'));
    const name = callee?.type === 'Identifier' ? nameOf(callee) : undefined;
    const found = name === undefined ? undefined : this.#names.findType(file, name, made, 'value');
    return isClass(found?.node) ? found : undefined;
  }

  #guess(file: SourceFile, node: SyntaxNode): Declared | undefined {
    switch (node.type) {
      case 'ThisExpression': {
        const owner = enclosing(file, node, isClass);
        return owner === undefined ? undefined : { file, node: owner };
      }
      case 'NewExpression':
        return this.madeClass(file, node);
      case 'Identifier':
        return this.#ofName(file, node);
      case 'MemberExpression': {
        const owner = this.typeOf(file, child(node, 'object'));
        const member = owner && this.#types.member(owner, memberName(node) ?? '');
        return member && this.#ofMember(member);
      }
      case 'CallExpression':
        return this.#ofCall(file, node);
      case 'AssignmentExpression':
        return this.typeOf(file, child(node, 'right'));
      case 'LogicalExpression':
        return this.typeOf(file, child(node, 'left')) ?? this.typeOf(file, child(node, 'right'));
      case 'ConditionalExpression':
        return this.typeOf(file, child(node, 'consequent')) ?? this.typeOf(file, child(node, 'alternate'));
      default:
        return undefined;
    }
  }

  #ofName(file: SourceFile, node: SyntaxNode): Declared | undefined {
    const found = this.#names.find(file, String(node.name), node, 'value');
    if (found === undefined) return undefined;
    if (isClass(found.node)) return found;
    if (found.node.type === 'VariableDeclarator') return this.#ofVariable(found);
    return this.#ofParameter(found.file, found.node);
  }

  /** A variable's declared type, or that of its value; in a loop, that of the list's elements. */
  #ofVariable({ file, node }: Declared): Declared | undefined {
    const id = child(node, 'id');
    if (id?.type !== 'Identifier') return undefined;
    const declared = this.#types.meant(file, child(id, 'typeAnnotation'));
    if (declared !== undefined) return declared;
    const init = unwrapDown(child(node, 'init'));
    if (init?.type === 'ClassExpression') return { file, node: init };
    if (init !== undefined) return this.typeOf(file, init);
    const loop = file.parentOf.get(file.parentOf.get(node) ?? node);
    return loop?.type === 'ForOfStatement' ? this.#elementOf(file, child(loop, 'right')) : undefined;
  }

  #ofParameter(file: SourceFile, parameter: SyntaxNode): Declared | undefined {
    const inner = parameter.type === 'TSParameterProperty' ? child(parameter, 'parameter') : parameter;
    const left = inner?.type === 'AssignmentPattern' ? child(inner, 'left') : inner;
    const declared = this.#types.meant(file, child(left, 'typeAnnotation'));
    if (declared !== undefined) return declared;
    if (inner?.type === 'AssignmentPattern') return this.typeOf(file, child(inner, 'right'));
    // `promise.then((x) => …)`: what the promise was for.
    const call = file.parentOf.get(file.parentOf.get(parameter) ?? parameter);
    const callee = child(call, 'callee');
    return memberName(callee) === 'then' ? this.typeOf(file, child(callee, 'object')) : undefined;
  }

  #ofMember({ file, node }: Declared): Declared | undefined {
    if (node.type === 'MethodDefinition' && node.kind === 'get')
      return this.#types.meant(file, child(child(node, 'value'), 'returnType'));
    if (node.type === 'TSParameterProperty') return this.#ofParameter(file, node);
    return this.#types.meant(file, child(node, 'typeAnnotation')) ?? this.typeOf(file, child(node, 'value'));
  }

  #ofCall(file: SourceFile, call: SyntaxNode): Declared | undefined {
    const called = this.calledFunction(file, call);
    const body = functionOf(called?.node);
    if (called === undefined || body === undefined) return undefined;
    const declared = child(body, 'returnType');
    if (child(declared, 'typeAnnotation')?.type === 'TSThisType')
      return this.typeOf(file, child(unwrapDown(child(call, 'callee')), 'object'));
    if (declared !== undefined) return this.#types.meant(called.file, declared);
    const types = returnedBy(called.file, body).map((one) => this.typeOf(called.file, one));
    return types.find((one) => one !== undefined);
  }

  /** What a list holds: a variable, parameter or field that is annotated as `X[]`, `Set<X>` and the like. */
  #elementOf(file: SourceFile, list: SyntaxNode | undefined): Declared | undefined {
    const node = unwrapDown(list);
    if (node?.type === 'Identifier') {
      const declaration = bindingsOf(file).find(String(node.name), node)?.declaration;
      const annotated = declaration?.type === 'VariableDeclarator' ? child(declaration, 'id') : declaration;
      return this.#types.meantElement(file, child(annotated, 'typeAnnotation'));
    }
    if (node?.type !== 'MemberExpression') return undefined;
    const owner = this.typeOf(file, child(node, 'object'));
    const member = owner && this.#types.member(owner, memberName(node) ?? '');
    return member && this.#types.meantElement(member.file, child(member.node, 'typeAnnotation'));
  }
}

/** The node with parameters and result: of a method, a variable or a field that holds a function. */
export function functionOf(node: SyntaxNode | undefined): SyntaxNode | undefined {
  if (node === undefined || isFunction(node)) return node;
  if (/^TS(DeclareFunction|MethodSignature|EmptyBodyFunctionExpression)$/.test(node.type)) return node;
  const inner = unwrapDown(child(node, node.type === 'VariableDeclarator' ? 'init' : 'value'));
  return inner === undefined || !/Function/.test(inner.type) ? undefined : inner;
}
