/**
 * The file of a thread beside the module that starts it. tsc rewrites import paths but not the URL of a
 * `new Worker`, so the built command would look for a `.ts` that is not there; this is the one place that knows.
 *
 * @param name File name without extension, such as `capture-thread`.
 * @param from `import.meta.url` of the caller.
 */
export function threadFile(name: string, from: string): URL {
  const extension = from.endsWith('.ts') ? '.ts' : '.js';
  return new URL(`./${name}${extension}`, from);
}
