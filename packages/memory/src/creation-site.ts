/**
 * Where a resource was made, as `file:line:column` of the nearest caller outside of this package.
 *
 * Only text is kept, and the structured stack thrown away: V8's unformatted stacks hold on to the receivers of their
 * frames, and a leak detector that keeps its suspects alive finds nothing.
 */
import { dirname, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

/** With its end, since another folder's name may begin like it. */
const ownFolder = `${dirname(fileURLToPath(import.meta.url))}${sep}`;
const framesToLookAt = 5;

/**
 * Most of the cost is the capture itself and grows with its depth: a third of what a stack as text costs (about 5 µs on an idle
 * machine). Where stacks are mapped back to other sources it is the text after all. Therefore sampled.
 * @param below Hides this function and all that it called, so that a wrapper can name its own caller.
 * @returns `file:line:column`, or `unknown` where the stack holds no file.
 */
// biome-ignore lint/complexity/noBannedTypes: captureStackTrace takes any function, of whatever signature.
export function creationSite(below: Function): string {
  const limit = Error.stackTraceLimit;
  const prepare = Error.prepareStackTrace;
  Error.stackTraceLimit = framesToLookAt;
  const isMapped = prepare !== undefined || process.sourceMapsEnabled;
  try {
    // Formatting the frames as text costs most: where nobody maps them, the one that counts is looked at alone.
    if (!isMapped) Error.prepareStackTrace = (_error, frames) => siteOfFrames(frames);
    const holder: { stack?: string } = {};
    Error.captureStackTrace(holder, below);
    const stack = String(holder.stack);
    return isMapped ? siteOfStack(stack) : stack;
  } finally {
    if (!isMapped) Error.prepareStackTrace = prepare;
    Error.stackTraceLimit = limit;
  }
}

function siteOfFrames(frames: readonly NodeJS.CallSite[]): string {
  let fallback: string | undefined;
  for (const frame of frames) {
    const file = frame.getFileName() ?? frame.getScriptNameOrSourceURL();
    if (file === null || file === undefined || file.startsWith('node:')) continue;
    const path = file.startsWith('file://') ? fileURLToPath(file) : file;
    const site = `${path}:${frame.getLineNumber() ?? 0}:${frame.getColumnNumber() ?? 0}`;
    if (!path.startsWith(ownFolder)) return site;
    fallback ??= site;
  }
  return fallback ?? 'unknown';
}

/** The first frame of a stack's text that lies in a file outside of this package's sources. */
export function siteOfStack(stack: string): string {
  let fallback: string | undefined;
  for (const line of stack.split('\n')) {
    const site = siteOfLine(line);
    if (site === undefined) continue;
    if (!site.startsWith(ownFolder)) return site;
    fallback ??= site;
  }
  return fallback ?? 'unknown';
}

/** `at f (file:///a/b.ts:3:7)` and `at /a/b.ts:3:7` both give `/a/b.ts:3:7`; Node's own frames give nothing. */
function siteOfLine(line: string): string | undefined {
  const found = /(?:\(|at (?:async )?)((?:file:\/\/|\/|[A-Za-z]:[\\/])[^()]*:\d+:\d+)\)?$/.exec(
    line.trimEnd(),
  );
  if (found === null) return undefined;
  const place = found[1] ?? '';
  if (!place.startsWith('file://')) return place;
  const position = /:\d+:\d+$/.exec(place)?.[0] ?? '';
  return fileURLToPath(place.slice(0, place.length - position.length)) + position;
}
