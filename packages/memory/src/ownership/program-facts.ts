/**
 * What a program says about its own disposables: which classes are, and which calls give one to their caller. Read from
 * declarations, without a type checker: `implements Disposable`, a `[Symbol.dispose]` method, and declared return types.
 *
 * A function whose doc comment has the word `@borrowed` hands out what somebody else owns.
 */
import {
  child,
  children,
  contains,
  enclosing,
  isFunction,
  nameOf,
  type SourceFile,
  type SyntaxNode,
  unwrapDown,
} from './syntax.ts';

export interface ProgramFacts {
  /** Names of classes and interfaces whose objects must be disposed of. */
  readonly disposables: ReadonlySet<string>;
  /** Functions that give one to their caller. */
  readonly functions: ReadonlySet<string>;
  /** `Class.method`, static or not. */
  readonly methods: ReadonlySet<string>;
  /** Method names that mean an acquisition in every class that has them. */
  readonly methodNames: ReadonlySet<string>;
  /** Declared types of fields: `Class.#field` to the type's name. */
  readonly fieldTypes: ReadonlyMap<string, string>;
  /** What functions and `Class.method`s answer, by the name of the type. */
  readonly returnTypes: ReadonlyMap<string, string>;
  /** Functions by name, with their parameters, to see whether they keep what they are given. */
  readonly declared: ReadonlyMap<string, { readonly file: SourceFile; readonly node: SyntaxNode }>;
}

const builtin = ['Disposable', 'AsyncDisposable', 'DisposableStack', 'AsyncDisposableStack'];
/** Names that other people's objects have, too: without knowing whose method it is they say nothing. */
const commonNames = new Set(
  (
    'get set add push pop shift next at find map use then read write open close create from of clone copy slice start ' +
    'connect request fetch load run send join'
  ).split(' '),
);

export function collectFacts(files: readonly SourceFile[]): ProgramFacts {
  const disposables = new Set(builtin);
  for (let size = 0; size !== disposables.size; ) {
    size = disposables.size;
    for (const file of files) for (const node of file.nodes) noteDisposable(node, disposables);
  }
  const functions = new Set<string>();
  const methods = new Set<string>();
  const owners = new Map<string, { yes: number; no: number }>();
  const fieldTypes = new Map<string, string>();
  const returnTypes = new Map<string, string>();
  const declared = new Map<string, { file: SourceFile; node: SyntaxNode }>();
  for (const file of files) {
    for (const node of file.nodes) {
      const own = describe(node, file);
      if (own === undefined) continue;
      if (own.field !== undefined) {
        if (own.type !== undefined) fieldTypes.set(`${own.className}.${own.name}`, own.type);
        continue;
      }
      const key = own.className === undefined ? own.name : `${own.className}.${own.name}`;
      if (own.type !== undefined) returnTypes.set(key, own.type);
      if (own.body !== undefined) declared.set(key, { file, node: own.body });
      const isLent = isBorrowed(file, node) || answersOwnField(own.body, file);
      const gives = own.type !== undefined && disposables.has(own.type) && !isLent;
      if (own.className === undefined) {
        if (gives) functions.add(own.name);
        continue;
      }
      if (gives) methods.add(key);
      const votes = owners.get(own.name) ?? { yes: 0, no: 0 };
      owners.set(own.name, gives ? { ...votes, yes: votes.yes + 1 } : { ...votes, no: votes.no + 1 });
    }
  }
  const agreed = [...owners].filter(([name, { yes, no }]) => yes > 0 && no === 0 && !commonNames.has(name));
  const methodNames = new Set(agreed.map(([name]) => name));
  return { disposables, functions, methods, methodNames, fieldTypes, returnTypes, declared };
}

/** `class X extends Y implements Z` and `interface X extends Y`, and whatever has a disposing method. */
function noteDisposable(node: SyntaxNode, disposables: Set<string>): void {
  const isClass = node.type === 'ClassDeclaration' || node.type === 'ClassExpression';
  if (!isClass && node.type !== 'TSInterfaceDeclaration') return;
  const name = nameOf(child(node, 'id'));
  if (name === undefined) return;
  const parents = [
    nameOf(child(node, 'superClass')),
    ...children(node, 'implements').map((one) => nameOf(child(one, 'expression'))),
    ...children(node, 'extends').map((one) => nameOf(child(one, 'expression'))),
  ];
  const members = children(child(node, 'body'), 'body').map((member) => nameOf(child(member, 'key')));
  const hasMethod = members.some((key) => key === 'Symbol.dispose' || key === 'Symbol.asyncDispose');
  if (hasMethod || parents.some((parent) => parent !== undefined && disposables.has(parent)))
    disposables.add(name);
}

interface Described {
  readonly className: string | undefined;
  readonly name: string;
  readonly type: string | undefined;
  readonly field?: true;
  readonly body?: SyntaxNode | undefined;
}

/** A function, a method or a field, with the name of what it gives. */
function describe(node: SyntaxNode, file: SourceFile): Described | undefined {
  if (node.type === 'FunctionDeclaration' || node.type === 'TSDeclareFunction') {
    const name = nameOf(child(node, 'id'));
    const type = typeName(child(node, 'returnType'));
    return name === undefined ? undefined : { className: undefined, name, type, body: node };
  }
  if (node.type === 'VariableDeclarator') {
    const init = unwrapDown(child(node, 'init'));
    const name = nameOf(child(node, 'id'));
    if (name === undefined || init === undefined || !isFunction(init)) return undefined;
    return {
      className: undefined,
      name,
      type: typeName(child(init, 'returnType')) ?? arrowClass(init),
      body: init,
    };
  }
  const className = nameOf(child(classOf(node, file), 'id'));
  const name = nameOf(child(node, 'key'));
  if (className === undefined || name === undefined) return undefined;
  if (node.type === 'MethodDefinition' || node.type === 'TSAbstractMethodDefinition') {
    if (node.kind === 'get' || node.kind === 'set' || node.kind === 'constructor') return undefined;
    const body = child(node, 'value');
    return { className, name, type: typeName(child(body, 'returnType')), body };
  }
  if (node.type === 'TSMethodSignature')
    return { className, name, type: typeName(child(node, 'returnType')) };
  if (node.type === 'PropertyDefinition') {
    const made = unwrapDown(child(node, 'value'));
    const ofNew = made?.type === 'NewExpression' ? nameOf(child(made, 'callee')) : undefined;
    return { className, name, type: typeName(child(node, 'typeAnnotation')) ?? ofNew, field: true };
  }
  return undefined;
}

/** `() => new X()` without a declared type. */
function arrowClass(node: SyntaxNode): string | undefined {
  const body = unwrapDown(child(node, 'body'));
  return body?.type === 'NewExpression' ? nameOf(child(body, 'callee')) : undefined;
}

function classOf(node: SyntaxNode, file: SourceFile): SyntaxNode | undefined {
  const body = file.parentOf.get(node);
  return body?.type === 'ClassBody' || body?.type === 'TSInterfaceBody' ? file.parentOf.get(body) : undefined;
}

/** The one type that is meant by `X`, `X | undefined`, `Promise<X>`, `X<T>`. Lists of them are no acquisition of one. */
export function typeName(node: SyntaxNode | undefined): string | undefined {
  if (node === undefined) return undefined;
  if (node.type === 'TSTypeAnnotation') return typeName(child(node, 'typeAnnotation'));
  if (node.type === 'TSUnionType') {
    const names = children(node, 'types')
      .map(typeName)
      .filter((name) => name !== undefined);
    return names.length === 1 ? names[0] : undefined;
  }
  if (node.type !== 'TSTypeReference') return undefined;
  const name = nameOf(child(node, 'typeName'));
  const [argument] = children(child(node, 'typeArguments'), 'params');
  if (name === 'Promise' || name === 'PromiseLike' || name === 'Readonly') return typeName(argument);
  return name;
}

/** A method whose every `return` gives `this.field`, or what it has just put there: the object keeps it. */
function answersOwnField(body: SyntaxNode | undefined, file: SourceFile): boolean {
  if (body === undefined) return false;
  const returns = file.nodes.filter(
    (node) =>
      node.type === 'ReturnStatement' && contains(body, node) && enclosing(file, node, isFunction) === body,
  );
  const isOwn = (value: SyntaxNode | undefined): boolean => {
    if (value?.type === 'AssignmentExpression') return isOwn(child(value, 'left'));
    return value?.type === 'MemberExpression' && child(value, 'object')?.type === 'ThisExpression';
  };
  return returns.length > 0 && returns.every((node) => isOwn(unwrapDown(child(node, 'argument'))));
}

/** Whether the doc comment right above says `@borrowed`. */
function isBorrowed(file: SourceFile, node: SyntaxNode): boolean {
  let top = node;
  let parent = file.parentOf.get(top);
  while (parent !== undefined && /^(Export|VariableDeclaration$)/.test(parent.type)) {
    top = parent;
    parent = file.parentOf.get(top);
  }
  const before = file.text.slice(0, top.start).trimEnd();
  if (!before.endsWith('*/')) return false;
  return before.slice(before.lastIndexOf('/**')).includes('@borrowed');
}
