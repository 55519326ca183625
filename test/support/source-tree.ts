/** The source as a graph of imports, read from its syntax tree. */
import { globSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { type Node, parseSync, Visitor } from 'oxc-parser';
import { repository } from './plateau-program.ts';

export interface ImportEdge {
  /** File relative to the repository that imports. */
  readonly from: string;
  /** File relative to the repository, or the name of a package. */
  readonly to: string;
  /** Whether only types are taken: nothing of it is loaded at run time. */
  readonly typesOnly: boolean;
}

export interface SourceFile {
  readonly path: string;
  readonly text: string;
  readonly imports: readonly ImportEdge[];
}

/** All TypeScript files below these folders of the repository. */
export function sourceFiles(...folders: readonly string[]): SourceFile[] {
  return folders
    .flatMap((folder) => globSync(`${folder}/**/*.ts`, { cwd: repository }))
    .sort()
    .map((path) => {
      const text = readFileSync(join(repository, path), 'utf8');
      return { path, text, imports: importsOf(path, text) };
    });
}

function importsOf(path: string, text: string): ImportEdge[] {
  const { staticImports, staticExports, dynamicImports } = parseSync(path, text).module;
  const edges: ImportEdge[] = [];
  const add = (to: string, typesOnly: boolean): void => {
    edges.push({
      from: path,
      to: to.startsWith('.') ? relative(repository, join(repository, dirname(path), to)) : to,
      typesOnly,
    });
  };
  for (const { moduleRequest, entries } of staticImports)
    add(moduleRequest.value, entries.length > 0 && entries.every(({ isType }) => isType));
  for (const { entries } of staticExports)
    for (const { moduleRequest, isType } of entries)
      if (moduleRequest !== null) add(moduleRequest.value, isType);
  for (const { moduleRequest } of dynamicImports) {
    const quoted = /^['"](.*)['"]$/.exec(text.slice(moduleRequest.start, moduleRequest.end));
    if (quoted !== null) add(quoted[1], false);
  }
  return edges;
}

/** Visits every node of a file of one type. */
export function visit<Type extends Node['type']>(
  file: SourceFile,
  type: Type,
  see: (node: Extract<Node, { type: Type }>, line: number) => void,
): void {
  const visitor = new Visitor({
    [type]: (node: Extract<Node, { type: Type }>) =>
      see(node, file.text.slice(0, node.start).split('\n').length),
  });
  visitor.visit(parseSync(file.path, file.text).program);
}

/** A cycle of imports as the files along it, or `undefined`. Types count as well: two files that need each other are one. */
export function findCycle(files: readonly SourceFile[]): string[] | undefined {
  const known = new Map(files.map((file) => [file.path, file]));
  const done = new Set<string>();
  const way: string[] = [];
  const walk = (path: string): string[] | undefined => {
    if (way.includes(path)) return [...way.slice(way.indexOf(path)), path];
    if (done.has(path)) return undefined;
    way.push(path);
    for (const { to } of known.get(path)?.imports ?? []) {
      const found = known.has(to) ? walk(to) : undefined;
      if (found !== undefined) return found;
    }
    way.pop();
    done.add(path);
    return undefined;
  };
  for (const { path } of files) {
    const found = walk(path);
    if (found !== undefined) return found;
  }
  return undefined;
}
