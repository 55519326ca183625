/**
 * What a name means across files: declared in the file, imported from another one, or known everywhere. What comes from
 * somebody else's package means nothing here, whatever it is called.
 */
import { dirname, resolve } from 'node:path';
import { bindingsOf, type NameSpace } from './bindings.ts';
import {
  child,
  children,
  isFunction,
  nameOf,
  type SourceFile,
  type SyntaxNode,
  unwrapDown,
} from './syntax.ts';

/** A declaration and where it stands. */
export interface Declared {
  readonly file: SourceFile;
  readonly node: SyntaxNode;
}

const ownPackage = '@plateau/memory';
/** Specifiers that projects map to files of their own. */
const ownAliases = /^(#|@\/|~\/)/;

export class ProgramNames {
  readonly #byPath: ReadonlyMap<string, SourceFile>;
  readonly #builtins: SourceFile;
  /** The files that say that they export a name. */
  readonly #exporting = new Map<string, SourceFile[]>();
  /** By name and file; nothing while one is looked for, as files may hand a name round in a circle. */
  readonly #exports = new Map<string, Declared | undefined>();

  /** @param builtins The language's own types. */
  constructor(files: readonly SourceFile[], builtins: SourceFile) {
    this.#builtins = builtins;
    this.#byPath = new Map(files.map((file) => [stem(resolve(file.path)), file]));
    for (const file of files) {
      for (const name of exportedNames(file)) {
        this.#exporting.set(name, [...(this.#exporting.get(name) ?? []), file]);
      }
    }
  }

  /** What a name means at a place in a file. */
  find(file: SourceFile, name: string, at: SyntaxNode, space: NameSpace): Declared | undefined {
    const binding = bindingsOf(file).find(name, at, space);
    if (binding === undefined) return this.#ambient(file, name, space);
    const { declaration } = binding;
    if (!declaration.type.startsWith('Import')) return { file, node: declaration };
    const source = child(file.parentOf.get(declaration), 'source')?.value;
    if (typeof source !== 'string') return undefined;
    return this.#imported(file, source, importedName(declaration), space);
  }

  /** The class, interface or alias that stands behind a name: `const K = class {}` is one, too. */
  findType(file: SourceFile, name: string, at: SyntaxNode, space: NameSpace): Declared | undefined {
    const found = this.find(file, name, at, space);
    if (found?.node.type !== 'VariableDeclarator') return found;
    const made = unwrapDown(child(found.node, 'init'));
    return made?.type === 'ClassExpression' ? { file: found.file, node: made } : undefined;
  }

  /** The function that stands behind a name: `const f = () => {}` is one, too. */
  findFunction(file: SourceFile, name: string, at: SyntaxNode): Declared | undefined {
    const found = this.find(file, name, at, 'value');
    if (found === undefined) return undefined;
    if (found.node.type !== 'VariableDeclarator') return /Function/.test(found.node.type) ? found : undefined;
    const made = unwrapDown(child(found.node, 'init'));
    return isFunction(made) ? found : undefined;
  }

  /** A name that is declared nowhere in the file: a script's, when nothing is imported; else the language's own. */
  #ambient(file: SourceFile, name: string, space: NameSpace): Declared | undefined {
    const own = this.#exported(this.#builtins, name, space);
    if (own !== undefined || file === this.#builtins) return own;
    const imports = children(file.program, 'body').some((one) => one.type === 'ImportDeclaration');
    return imports ? undefined : this.#anywhere(name, space);
  }

  #anywhere(name: string, space: NameSpace): Declared | undefined {
    for (const file of this.#exporting.get(name) ?? []) {
      const found = this.#exported(file, name, space);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  #imported(file: SourceFile, source: string, name: string, space: NameSpace): Declared | undefined {
    if (source === ownPackage || ownAliases.test(source)) return this.#anywhere(name, space);
    if (!source.startsWith('.')) return undefined;
    const path = resolve(dirname(file.path), source);
    const other = this.#byPath.get(stem(path)) ?? this.#byPath.get(`${path}/index`);
    return other === undefined ? undefined : this.#exported(other, name, space);
  }

  #exported(file: SourceFile, name: string, space: NameSpace): Declared | undefined {
    const key = `${space} ${name} ${file.path}`;
    return once(this.#exports, key, () => this.#findExported(file, name, space));
  }

  #findExported(file: SourceFile, name: string, space: NameSpace): Declared | undefined {
    for (const statement of children(file.program, 'body')) {
      const source = child(statement, 'source')?.value;
      const other = typeof source === 'string' ? this.#fileOf(file, source) : undefined;
      if (statement.type === 'ExportAllDeclaration' && other !== undefined) {
        const found = this.#exported(other, name, space);
        if (found !== undefined) return found;
      }
      if (statement.type === 'ExportDefaultDeclaration' && name === 'default') {
        const declaration = child(statement, 'declaration');
        if (declaration?.type === 'Identifier')
          return this.find(file, String(declaration.name), declaration, space);
        return declaration === undefined ? undefined : { file, node: declaration };
      }
      if (statement.type !== 'ExportNamedDeclaration') continue;
      const specifier = children(statement, 'specifiers').find(
        (one) => nameOf(child(one, 'exported')) === name,
      );
      const local = nameOf(child(specifier, 'local'));
      if (local !== undefined && source === undefined) return this.find(file, local, file.program, space);
      if (local !== undefined && other !== undefined) return this.#exported(other, local, space);
      if (declaredNames(child(statement, 'declaration')).includes(name)) {
        const found = this.find(file, name, file.program, space);
        if (found !== undefined) return found;
      }
    }
    return undefined;
  }

  #fileOf(from: SourceFile, source: string): SourceFile | undefined {
    return source.startsWith('.') ? this.#byPath.get(stem(resolve(dirname(from.path), source))) : undefined;
  }
}

/** Looks something up that is worked out the first time; nothing meanwhile. */
function once<T>(known: Map<string, T | undefined>, key: string, find: () => T | undefined): T | undefined {
  if (known.has(key)) return known.get(key);
  known.set(key, undefined);
  const found = find();
  known.set(key, found);
  return found;
}

/** `a/b.d.ts`, `a/b.js` and `a/b` are one module. */
function stem(path: string): string {
  return path.replace(/(\.d)?\.[cm]?[jt]sx?$/, '');
}

function importedName(specifier: SyntaxNode): string {
  if (specifier.type === 'ImportDefaultSpecifier') return 'default';
  return nameOf(child(specifier, 'imported')) ?? '*';
}

/** The names that a file exports by saying so; those of `export *` are exported by another file as well. */
function exportedNames(file: SourceFile): Set<string> {
  const names = children(file.program, 'body').flatMap((statement) => {
    if (statement.type !== 'ExportNamedDeclaration') return [];
    const specifiers = children(statement, 'specifiers').map((one) => nameOf(child(one, 'exported')));
    return [...specifiers, ...declaredNames(child(statement, 'declaration'))];
  });
  return new Set(names.filter((name) => name !== undefined));
}

function declaredNames(declaration: SyntaxNode | undefined): (string | undefined)[] {
  if (declaration?.type !== 'VariableDeclaration') return [nameOf(child(declaration, 'id'))];
  return children(declaration, 'declarations').map((one) => nameOf(child(one, 'id')));
}
