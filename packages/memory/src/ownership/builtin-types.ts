/** The language's own disposables, as a file of declarations. Their `move()` is mostly called to let go of everything. */
export const builtinTypes = `
export interface Disposable { [Symbol.dispose](): void }
export interface AsyncDisposable { [Symbol.asyncDispose](): PromiseLike<void> }
export class DisposableStack implements Disposable { [Symbol.dispose](): void }
export class AsyncDisposableStack implements AsyncDisposable { [Symbol.asyncDispose](): Promise<void> }
`;
