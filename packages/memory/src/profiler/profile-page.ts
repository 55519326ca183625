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
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${escapeHtml(title)}</title>
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
<h2>Bytes that each stage left behind, heap and buffers</h2>
${flames(report.rows, grownBytes(report.rows), (value) => `${(value / 1e6).toFixed(2)} MB`)}
<h2>Table</h2>
<pre>${escapeHtml(text)}</pre>
</html>
`;
}

const lines = [
  ['rssBytes', 'RSS', '#b3261e'],
  ['heapBytes', 'V8 heap', '#1f5fbf'],
  ['bufferBytes', 'array buffers', '#2e7d32'],
] as const;

function timeline({ timeline, seconds }: StageReport): string {
  if (timeline.length < 2) return '<p>Too short for a timeline.</p>';
  const height = 220;
  const top = Math.max(1, ...timeline.map((one) => one.rssBytes));
  const xOf = (atSeconds: number): string => ((atSeconds / Math.max(seconds, 1e-9)) * width).toFixed(1);
  const yOf = (bytes: number): string => (height - 20 - (bytes / top) * (height - 50)).toFixed(1);
  const curves = lines.map(([measure, , colour]) => {
    const points = timeline.map((one) => `${xOf(one.atSeconds)},${yOf(one[measure])}`);
    return `<polyline fill="none" stroke="${colour}" stroke-width="1.5" points="${points.join(' ')}"/>`;
  });
  const names = lines.map(([measure, name, colour], at) => {
    const most = Math.max(...timeline.map((one) => one[measure]));
    return `<text x="${8 + at * 200}" y="14" fill="${colour}">${name}, at most ${(most / 1e6).toFixed(1)} MB</text>`;
  });
  const levels = [0.5, 1].map((share) => {
    const y = yOf(top * share);
    return `<path d="M0 ${y}H${width}" stroke="#ddd"/><text x="${width}" y="${y}" dy="-3" text-anchor="end">${((top * share) / 1e6).toFixed(0)} MB</text>`;
  });
  const moments = [0, 0.5, 1].map(
    (share) =>
      `<text x="${share * width}" y="${height - 5}" text-anchor="${['start', 'middle', 'end'][share * 2]}">${(seconds * share).toFixed(1)} s</text>`,
  );
  return (
    `<svg viewBox="0 0 ${width} ${height}" width="100%" role="img" aria-label="Memory over time">` +
    `${[...levels, ...curves, ...names, ...moments].join('')}</svg>`
  );
}

/** What a stage and those inside of it had made when they ended, also where the stage around them freed it later. */
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
      const fitting = Math.floor((wide - 8) / 6.5);
      const text = name.length <= fitting ? name : `${name.slice(0, fitting - 1)}…`;
      const shown =
        fitting > 2
          ? `<text x="${(left + 4).toFixed(1)}" y="${depth * rowHeight + 15}">${escapeHtml(text)}</text>`
          : '';
      boxes.push(
        `<g><title>${about}</title><rect x="${left.toFixed(1)}" y="${depth * rowHeight}" width="${Math.max(0.5, wide - 1).toFixed(1)}" ` +
          `height="${rowHeight - 2}" fill="hsl(${18 + ((depth * 14) % 42)} 85% ${74 - (depth % 3) * 5}%)"/>${shown}</g>`,
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
