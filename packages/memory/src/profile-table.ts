/** Profiles as tables for a terminal. */
import type { CallProfile } from './call-meter.ts';
import type { FunctionRow } from './profiler/function-sampler.ts';
import type { StageReport, StageRow } from './stage-report.ts';

/** A table of stages, indented by their nesting; bytes are each stage's own, net. In brackets: calls that were measured. */
export function stageTable(report: Pick<StageReport, 'rows'>): string {
  const rows = inTreeOrder(report.rows);
  return table(
    ['stage', 'calls', 'ms a call', 'own ms', 'RSS', 'heap', 'buffers', 'external', 'pools'],
    rows.map((row) => [
      `${'  '.repeat(row.path.split('/').length - 1)}${row.path.split('/').at(-1) ?? ''}`,
      row.measuredCalls < row.calls ? `${row.calls} (${row.measuredCalls})` : String(row.calls),
      ((row.seconds / row.calls) * 1000).toFixed(3),
      (row.ownSeconds * 1000).toFixed(1),
      signedBytes(row.rssBytes),
      signedBytes(row.heapBytes),
      signedBytes(row.bufferBytes),
      signedBytes(row.externalBytes),
      signedBytes(row.poolBytes),
    ]),
  );
}

/** Each stage right behind the one that it is inside of, and else in the order in which they first began. */
function inTreeOrder(rows: readonly StageRow[]): readonly StageRow[] {
  const inside = Map.groupBy(rows, ({ path }) => path.split('/').slice(0, -1).join('/'));
  const below = (path: string): StageRow[] =>
    (inside.get(path) ?? []).flatMap((row) => [row, ...below(row.path)]);
  return below('');
}

/** A table of the functions that made most on V8's heap, at most ten. */
export function functionTable(functions: readonly FunctionRow[]): string {
  const rows = functions.slice(0, 10).map(({ name, file, line, heapBytes }) => {
    const place = file
      .split(/node_modules\//)
      .at(-1)
      ?.split('/')
      .slice(-3)
      .join('/');
    return [name, line === 0 ? '' : `${place}:${line}`, signedBytes(heapBytes)];
  });
  return table(['function', 'place', 'heap made'], rows);
}

/** A table of calls. */
export function callTable(profiles: readonly CallProfile[]): string {
  return table(
    ['call', 'ms', 'heap kept', 'buffers kept', 'heap made', 'collections', 'peak RSS'],
    profiles.map((one) => [
      one.name,
      (one.seconds * 1000).toFixed(1),
      signedBytes(one.retainedHeapBytes),
      signedBytes(one.retainedBufferBytes),
      signedBytes(one.allocatedHeapBytes),
      String(one.collections),
      `${(one.peakRssBytes / 1e6).toFixed(1)} MB`,
    ]),
  );
}

/** Columns of equal width; the first to the left, the others to the right. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((title, at) =>
    Math.max(title.length, ...rows.map((row) => (row[at] ?? '').length)),
  );
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, at) => (at === 0 ? cell.padEnd(widths[at] ?? 0) : cell.padStart(widths[at] ?? 0)))
      .join('  ')
      .trimEnd();
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)].join('\n');
}

/** `+1.2 kB`, `-3.4 MB`, `0`. */
export function signedBytes(bytes: number): string {
  const size = Math.abs(bytes);
  if (size < 1) return '0';
  const [unit, factor] = size < 1e3 ? ['B', 1] : size < 1e6 ? ['kB', 1e3] : ['MB', 1e6];
  return `${bytes < 0 ? '-' : '+'}${(size / Number(factor)).toFixed(unit === 'B' ? 0 : 1)} ${unit}`;
}
