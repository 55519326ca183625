import type { ZoneEvent } from '../alarms/zone-blockage.ts';

const levels = ' ▁▂▃▄▅▆▇█';

export interface CoveragePlotOptions {
  readonly width: number;
  readonly rows: number;
}

/**
 * Coverage over time as block characters, a row of events under it: `▲` blocked, `▼` cleared, `?` unknown.
 *
 * @param coverage [seconds, fraction or null], ascending.
 * @returns Lines without colour, the axis included.
 */
export function coveragePlot(
  coverage: readonly (readonly [number, number | null])[],
  events: readonly ZoneEvent[],
  { width, rows }: CoveragePlotOptions,
): string[] {
  if (coverage.length === 0) return [];
  const start = coverage[0][0];
  const end = coverage[coverage.length - 1][0];
  const span = Math.max(end - start, 1e-9);
  const columnOf = (t: number): number =>
    Math.min(width - 1, Math.max(0, Math.floor(((t - start) / span) * width)));
  const columns = columnValues(coverage, width, columnOf);
  const lines: string[] = [];
  for (let row = rows - 1; row >= 0; row -= 1) {
    const label = row === rows - 1 ? '100 %' : row === 0 ? '  0 %' : '     ';
    lines.push(`${label} ┤${columns.map((value) => cell(value, row, rows)).join('')}`);
  }
  lines.push(`      └${markRow(columns, events, width, columnOf)}`);
  const left = `${start.toFixed(1)} s`;
  const right = `${end.toFixed(1)} s`;
  lines.push(`       ${left}${right.padStart(Math.max(1, width - left.length))}`);
  return lines;
}

/** The mean of each column's known values; `null` where all are unknown, `undefined` where there is none. */
function columnValues(
  coverage: readonly (readonly [number, number | null])[],
  width: number,
  columnOf: (t: number) => number,
): (number | null | undefined)[] {
  const sums = new Array<number>(width).fill(0);
  const counts = new Array<number>(width).fill(0);
  const unknown = new Array<boolean>(width).fill(false);
  for (const [t, value] of coverage) {
    const column = columnOf(t);
    if (value === null) unknown[column] = true;
    else {
      sums[column] += value;
      counts[column] += 1;
    }
  }
  let last: number | null | undefined;
  return sums.map((sum, column) => {
    if (counts[column] > 0) last = sum / counts[column];
    else if (unknown[column]) last = null;
    // Fewer values than columns: the last one holds until the next.
    return last;
  });
}

function cell(value: number | null | undefined, row: number, rows: number): string {
  if (value === undefined || value === null) return ' ';
  const filled = Math.round(value * rows * 8) - row * 8;
  return levels[Math.max(0, Math.min(8, filled))];
}

function markRow(
  columns: readonly (number | null | undefined)[],
  events: readonly ZoneEvent[],
  width: number,
  columnOf: (t: number) => number,
): string {
  const marks: string[] = Array.from({ length: width }, (_, column) =>
    columns[column] === null ? '?' : '─',
  );
  for (const event of events) marks[columnOf(event.t)] = event.type === 'blocked' ? '▲' : '▼';
  return marks.join('');
}
