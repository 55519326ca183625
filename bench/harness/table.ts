import type { Spread } from './statistics.ts';

/** A Markdown table, its columns padded so that it reads in a terminal as well. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((title, column) =>
    Math.max(title.length, 3, ...rows.map((row) => (row[column] ?? '').length)),
  );
  const line = (cells: readonly string[]): string =>
    `| ${widths.map((width, column) => (cells[column] ?? '').padEnd(width)).join(' | ')} |`;
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)].join('\n');
}

/** `1.03 (1.01 to 1.06, 5)`: the middle, the range and how many runs. */
export function withSpread({ median, lowest, highest, runs }: Spread, digits = 2): string {
  return `${median.toFixed(digits)} (${lowest.toFixed(digits)} to ${highest.toFixed(digits)}, ${runs})`;
}

export function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(0);
}
