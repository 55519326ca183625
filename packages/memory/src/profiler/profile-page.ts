/** A profile by stages as one HTML file without anything from elsewhere: timeline, flame graph, table. */

import { stageTable } from '../profile-table.ts';
import type { StageReport, StageRow } from '../stage-report.ts';

const width = 960;

/**
 * @param title Stands above it: the script's name.
 * @param text Stands at its end: the tables. Default: that of the stages.
 */
export function profilePage(title: string, report: StageReport, text: string = stageTable(report)): string {
  return `<!doctype html>
<html lang="en"><meta charset="utf-8"><title>${escapeHtml(title)}</title>
<style>
body { font: 14px/1.4 system-ui, sans-serif; margin: 2rem auto; max-width: ${width}px; color: #222; }
svg { display: block; margin: .5rem 0 1.5rem; background: #fafafa; }
pre { overflow-x: auto; font-size: 12px; }
text { font-size: 11px; }
</style>
<h1>${escapeHtml(title)}</h1>
<h2>Memory over ${report.seconds.toFixed(1)} s</h2>
${timeline(report)}
<h2>Time by stage</h2>
${flames(
  report.rows,
  (row) => row.seconds,
  (value) => `${(value * 1000).toFixed(1)} ms`,
)}
<h2>Bytes by stage, heap and buffers, net</h2>
${flames(report.rows, grownBytes(report.rows), (value) => `${(value / 1e6).toFixed(2)} MB`)}
<h2>Table</h2>
<pre>${escapeHtml(text)}</pre>
</html>
`;
}

function timeline({ timeline, seconds }: StageReport): string {
  const height = 200;
  const top = Math.max(1, ...timeline.map((one) => one.rssBytes));
  const line = (of: 'rssBytes' | 'heapBytes' | 'bufferBytes', colour: string): string => {
    const points = timeline.map((one) => {
      const x = (one.atSeconds / Math.max(seconds, 1e-9)) * width;
      return `${x.toFixed(1)},${(height - (one[of] / top) * (height - 20)).toFixed(1)}`;
    });
    return `<polyline fill="none" stroke="${colour}" stroke-width="1.5" points="${points.join(' ')}"/>`;
  };
  const label = (text: string, colour: string, at: number): string =>
    `<text x="${at}" y="14" fill="${colour}">${text}</text>`;
  const largest = `RSS, at most ${(top / 1e6).toFixed(1)} MB`;
  return (
    `<svg viewBox="0 0 ${width} ${height}" width="100%" role="img" aria-label="Memory over time">` +
    `${line('rssBytes', '#b3261e')}${line('heapBytes', '#1f5fbf')}${line('bufferBytes', '#2e7d32')}` +
    `${label(largest, '#b3261e', 8)}${label('V8 heap', '#1f5fbf', 220)}${label('array buffers', '#2e7d32', 300)}</svg>`
  );
}

/** Own bytes of a stage and of those inside of it, where they are more than nothing. */
function grownBytes(rows: readonly StageRow[]): (row: StageRow) => number {
  const own = (row: StageRow): number => Math.max(0, row.heapBytes + row.bufferBytes);
  return (row) =>
    rows
      .filter((other) => other.path === row.path || other.path.startsWith(`${row.path}/`))
      .reduce((sum, other) => sum + own(other), 0);
}

/** Each stage as wide as its share, those inside of it below. */
function flames(
  rows: readonly StageRow[],
  measure: (row: StageRow) => number,
  format: (value: number) => string,
): string {
  const rowHeight = 22;
  const roots = rows.filter((row) => !row.path.includes('/'));
  const total = roots.reduce((sum, row) => sum + measure(row), 0);
  if (total <= 0) return '<p>Nothing.</p>';
  const boxes: string[] = [];
  let depths = 0;
  const draw = (inside: readonly StageRow[], x: number, depth: number): void => {
    let left = x;
    for (const row of inside) {
      const value = measure(row);
      const wide = (value / total) * width;
      const name = row.path.split('/').at(-1) ?? '';
      const about = `${escapeHtml(row.path)}: ${format(value)}, ${row.calls} calls`;
      const shown =
        wide > 40
          ? `<text x="${(left + 4).toFixed(1)}" y="${depth * rowHeight + 15}">${escapeHtml(name)}</text>`
          : '';
      boxes.push(
        `<g><title>${about}</title><rect x="${left.toFixed(1)}" y="${depth * rowHeight}" width="${Math.max(0.5, wide - 1).toFixed(1)}" ` +
          `height="${rowHeight - 2}" fill="hsl(${20 + ((depth * 47) % 60)} 85% ${72 - (depth % 3) * 6}%)"/>${shown}</g>`,
      );
      depths = Math.max(depths, depth + 1);
      const depthOf = row.path.split('/').length;
      draw(
        rows.filter(
          (other) => other.path.startsWith(`${row.path}/`) && other.path.split('/').length === depthOf + 1,
        ),
        left,
        depth + 1,
      );
      left += wide;
    }
  };
  draw(roots, 0, 0);
  return `<svg viewBox="0 0 ${width} ${depths * rowHeight}" width="100%" role="img">${boxes.join('')}</svg>`;
}

function escapeHtml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
