/** Types as they are written: which declaration an annotation means, what it has, and whether it must be disposed of. */
import { identifiersIn } from './identifiers.ts';
import type { Declared, ProgramNames } from './program-names.ts';
import { child, children, nameOf, type SourceFile, type SyntaxNode } from './syntax.ts';

const wrappers = new Set(['Promise', 'PromiseLike', 'Readonly', 'Awaited', 'NonNullable']);
const lists = new Set([
  'Array',
  'ReadonlyArray',
  'Set',
  'ReadonlySet',
  'Iterable',
  'AsyncIterable',
  'Generator',
]);

export class DeclaredTypes {
  readonly #names: ProgramNames;
  /** By class, interface or literal; `undefined` while it is being worked out. */
  readonly #disposable = new Map<SyntaxNode, boolean | undefined>();

  readonly #openAliases = new Set<SyntaxNode>();

  constructor(names: ProgramNames) {
    this.#names = names;
  }

  /** The one type that is meant by `X`, `X | undefined`, `Promise<X>`, `X<T>`, an alias. Lists of them are none of them. */
  meant(file: SourceFile, annotation: SyntaxNode | undefined): Declared | undefined {
    switch (annotation?.type) {
      case 'TSTypeAnnotation':
        return this.meant(file, child(annotation, 'typeAnnotation'));
      case 'TSUnionType': {
        const types = children(annotation, 'types').map((one) => this.meant(file, one));
        const known = types.filter((one) => one !== undefined);
        return known.length === 1 ? known[0] : undefined;
      }
      case 'TSIntersectionType': {
        const types = children(annotation, 'types').map((one) => this.meant(file, one));
        return types.find((one) => one !== undefined && this.isDisposable(one)) ?? types[0];
      }
      case 'TSTypeLiteral':
        return { file, node: annotation };
      case 'TSTypeReference': {
        const name = nameOf(child(annotation, 'typeName'));
        if (name === undefined) return undefined;
        if (wrappers.has(name)) return this.meant(file, firstArgument(annotation));
        const found = this.#names.findType(file, name, annotation, 'type');
        return found?.node.type === 'TSTypeAliasDeclaration' ? this.#aliased(found) : found;
      }
      default:
        return undefined;
    }
  }

  #aliased(alias: Declared): Declared | undefined {
    if (this.#openAliases.has(alias.node)) return undefined;
    this.#openAliases.add(alias.node);
    const type = this.meant(alias.file, child(alias.node, 'typeAnnotation'));
    this.#openAliases.delete(alias.node);
    return type;
  }

  /** What a list that is annotated like this holds. */
  meantElement(file: SourceFile, annotation: SyntaxNode | undefined): Declared | undefined {
    if (annotation?.type === 'TSTypeAnnotation')
      return this.meantElement(file, child(annotation, 'typeAnnotation'));
    if (annotation?.type === 'TSTypeOperator')
      return this.meantElement(file, child(annotation, 'typeAnnotation'));
    if (annotation?.type === 'TSArrayType') return this.meant(file, child(annotation, 'elementType'));
    const name = nameOf(child(annotation, 'typeName'));
    return name !== undefined && lists.has(name) ? this.meant(file, firstArgument(annotation)) : undefined;
  }

  /** `class X extends Y implements Z`, `interface X extends Y`, and whatever has a disposing method. */
  isDisposable(type: Declared): boolean {
    const { node } = type;
    if (this.#disposable.has(node)) return this.#disposable.get(node) === true;
    this.#disposable.set(node, undefined);
    const has = membersOf(node).some((one) =>
      /^Symbol\.(asyncD|d)ispose$/.test(nameOf(child(one, 'key')) ?? ''),
    );
    const is = has || this.#parents(type).some((one) => this.isDisposable(one));
    this.#disposable.set(node, is);
    return is;
  }

  /** A field or method of a type, its own or inherited. */
  member(type: Declared, name: string, depth = 0): Declared | undefined {
    const own = membersOf(type.node).findLast((one) => keyOf(one) === name);
    if (own !== undefined) return { file: type.file, node: own };
    if (depth > 10) return undefined;
    for (const parent of this.#parents(type)) {
      const inherited = this.member(parent, name, depth + 1);
      if (inherited !== undefined) return inherited;
    }
    return undefined;
  }

  #parents({ file, node }: Declared): Declared[] {
    const heritage = [...children(node, 'implements'), ...children(node, 'extends')];
    const expressions = [child(node, 'superClass'), ...heritage.map((one) => child(one, 'expression'))];
    return expressions.flatMap((expression) => {
      const name = nameOf(expression);
      if (expression === undefined || name === undefined) return [];
      return this.#names.findType(file, name, node, 'type') ?? [];
    });
  }
}

function firstArgument(reference: SyntaxNode | undefined): SyntaxNode | undefined {
  return children(child(reference, 'typeArguments'), 'params')[0];
}

/** A constructor's `private x: X` is a member as well. */
function membersOf(type: SyntaxNode): readonly SyntaxNode[] {
  if (type.type === 'TSTypeLiteral') return children(type, 'members');
  const members = children(child(type, 'body'), 'body');
  const maker = members.find((one) => one.kind === 'constructor');
  const parameters = children(child(maker, 'value'), 'params');
  return [...members, ...parameters.filter((one) => one.type === 'TSParameterProperty')];
}

function keyOf(member: SyntaxNode): string | undefined {
  return nameOf(child(member, 'key') ?? identifiersIn(member)[0]);
}
