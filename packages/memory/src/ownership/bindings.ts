/** Which declaration a name means at a place, by the language's scopes: parameters, `let` in a block, `var`, imports. */
import { identifiersIn, isReference, isTarget } from './identifiers.ts';
import { child, children, isFunction, nameOf, type SourceFile, type SyntaxNode } from './syntax.ts';

/** A name where it is declared. */
export interface Binding {
  readonly name: string;
  /** Where it holds: the program, a function, a block, a loop or a `catch`. */
  readonly scope: SyntaxNode;
  /** A declarator, a parameter, a function, a class, a type or an import's specifier. */
  readonly declaration: SyntaxNode;
}

/** Types and values have names of their own; a class has both. */
export type NameSpace = 'value' | 'type';

interface References {
  readonly reads: SyntaxNode[];
  readonly writes: SyntaxNode[];
}

const scopeTypes =
  /^(Program|BlockStatement|StaticBlock|TSModuleBlock|SwitchStatement|CatchClause|For(Of|In)?Statement)$/;
const functionScopes = /^(Program|StaticBlock|TSModuleBlock)$/;
const named: Readonly<Record<string, NameSpace>> = {
  FunctionDeclaration: 'value',
  TSDeclareFunction: 'value',
  ClassDeclaration: 'value',
  TSEnumDeclaration: 'value',
  TSInterfaceDeclaration: 'type',
  TSTypeAliasDeclaration: 'type',
};
const cache = new WeakMap<SourceFile, Bindings>();

/** The names of a file; worked out once. */
export function bindingsOf(file: SourceFile): Bindings {
  const known = cache.get(file) ?? new Bindings(file);
  cache.set(file, known);
  return known;
}

class Bindings {
  readonly #file: SourceFile;
  readonly #scopes = new Map<SyntaxNode, Map<string, Binding>>();
  readonly #declaring = new Set<SyntaxNode>();
  readonly #references = new Map<Binding, References>();

  constructor(file: SourceFile) {
    this.#file = file;
    for (const node of file.nodes) this.#note(node);
    for (const node of file.nodes) if (node.type === 'Identifier') this.#noteReference(node);
  }

  /** What a name means at a place. A type's parameter of that name hides every declaration. */
  find(name: string, at: SyntaxNode, space: NameSpace = 'value'): Binding | undefined {
    for (
      let scope: SyntaxNode | undefined = at;
      scope !== undefined;
      scope = this.#file.parentOf.get(scope)
    ) {
      if (space === 'type') {
        const parameters = children(child(scope, 'typeParameters'), 'params');
        if (parameters.some((one) => nameOf(child(one, 'name')) === name)) return undefined;
      }
      const names = this.#scopes.get(scope);
      const found = (space === 'type' ? names?.get(`type ${name}`) : undefined) ?? names?.get(name);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  /** Where the value is looked at, in the order of the source. */
  readsOf(binding: Binding): readonly SyntaxNode[] {
    return this.#references.get(binding)?.reads ?? [];
  }

  /** Where it is given another value after its declaration. */
  writesOf(binding: Binding): readonly SyntaxNode[] {
    return this.#references.get(binding)?.writes ?? [];
  }

  #note(node: SyntaxNode): void {
    if (node.type === 'VariableDeclaration') {
      const scope = node.kind === 'var' ? this.#functionAround(node) : this.#scopeAround(node);
      for (const one of children(node, 'declarations')) this.#declareAll(scope, child(one, 'id'), one);
    }
    if (isFunction(node)) {
      for (const one of children(node, 'params')) this.#declareAll(node, one, one);
      if (node.type === 'FunctionExpression') this.#declareAll(node, child(node, 'id'), node);
    }
    if (node.type === 'CatchClause') this.#declareAll(node, child(node, 'param'), node);
    if (/^Import(Default|Namespace)?Specifier$/.test(node.type))
      this.#declareAll(this.#file.program, child(node, 'local'), node);
    const space = named[node.type];
    if (space !== undefined) this.#declareAll(this.#scopeAround(node), child(node, 'id'), node, space);
  }

  #declareAll(
    scope: SyntaxNode,
    pattern: SyntaxNode | undefined,
    declaration: SyntaxNode,
    space: NameSpace = 'value',
  ): void {
    const names = this.#scopes.get(scope) ?? new Map<string, Binding>();
    this.#scopes.set(scope, names);
    for (const identifier of identifiersIn(pattern)) {
      const name = String(identifier.name);
      this.#declaring.add(identifier);
      names.set(space === 'type' ? `type ${name}` : name, { name, scope, declaration });
    }
  }

  #noteReference(node: SyntaxNode): void {
    const parent = this.#file.parentOf.get(node);
    if (parent === undefined || this.#declaring.has(node) || !isReference(node, parent)) return;
    const binding = this.find(String(node.name), node);
    if (binding === undefined) return;
    const references = this.#references.get(binding) ?? { reads: [], writes: [] };
    this.#references.set(binding, references);
    (isTarget(this.#file, node, parent) ? references.writes : references.reads).push(node);
  }

  #scopeAround(node: SyntaxNode): SyntaxNode {
    let scope = this.#file.parentOf.get(node);
    while (scope !== undefined && !scopeTypes.test(scope.type) && !isFunction(scope))
      scope = this.#file.parentOf.get(scope);
    return scope ?? this.#file.program;
  }

  #functionAround(node: SyntaxNode): SyntaxNode {
    let scope = this.#file.parentOf.get(node);
    while (scope !== undefined && !functionScopes.test(scope.type) && !isFunction(scope))
      scope = this.#file.parentOf.get(scope);
    return scope ?? this.#file.program;
  }
}
