import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const root = new URL('../../', import.meta.url).pathname;

/** Analyses the demo with a model whose answers are known, and exports labels to `folder`. */
function exportLabels(folder: string, zone: string, ...more: string[]) {
  const program = ['--conditions=source', 'src/cli/plateau.ts', 'analyze', 'demo/lumps.mp4'];
  const flags = ['--model', 'models/known-answer.onnx', '--zone', zone, '--export-labels', folder, ...more];
  return spawnSync(process.execPath, [...program, ...flags], { cwd: root, encoding: 'utf8' });
}

const chute = 'chute=96,24 224,24 224,216 96,216';

test('a folder for labels that cannot be made is told in one sentence, before any picture', () => {
  const file = join(mkdtempSync(join(tmpdir(), 'plateau-labels-')), 'a-file');
  writeFileSync(file, '');
  const { status, stderr } = exportLabels(file, chute);
  expect(status).toBe(3);
  expect(stderr).toMatch(
    /^plateau: Labels of coal cannot be written to .*, since what should be its folder is a file; choose another --export-labels\.\n$/,
  );
});

test('each event of a recording leaves its picture, and a label for each region found', () => {
  const folder = mkdtempSync(join(tmpdir(), 'plateau-labels-'));
  const { stderr } = exportLabels(folder, chute);
  expect(stderr).toMatch(/^labels: 2 pictures of events, with the masks found, in .*plateau-labels-/m);
  const names = ['lumps-13.10s-chute-blocked', 'lumps-25.10s-chute-cleared'];
  expect(readdirSync(join(folder, 'images'))).toEqual(names.map((name) => `${name}.jpg`));
  expect(readdirSync(join(folder, 'labels'))).toEqual(names.map((name) => `${name}.txt`));
  expect(readFileSync(join(folder, 'data.yaml'), 'utf8')).toContain('0: "coal"');
  const labels = readFileSync(join(folder, 'labels', `${names[0]}.txt`), 'utf8')
    .trim()
    .split('\n');
  const corners = labels.map((line) => line.split(' ').map(Number));
  for (const [classId, ...places] of corners) {
    expect(classId).toBe(0);
    expect(places.length % 2).toBe(0);
    for (const place of places) expect(place >= 0 && place <= 1).toBe(true);
  }
  // The jammed heap fills the chute from 0.3 to 0.7 of the picture's width.
  const heap = corners
    .toSorted((a, b) => b.length - a.length)
    .flatMap(([, ...places]) => places.filter((_, i) => i % 2 === 0));
  expect(Math.min(...heap)).toBeCloseTo(0.3, 1);
  expect(Math.max(...heap)).toBeCloseTo(0.7, 1);
});

test('without an event it is said that there are no labels, and what to do, though older ones lie there', () => {
  const folder = mkdtempSync(join(tmpdir(), 'plateau-labels-'));
  mkdirSync(join(folder, 'images'));
  writeFileSync(join(folder, 'images', 'older.jpg'), '');
  utimesSync(join(folder, 'images', 'older.jpg'), 1, 1);
  const { status, stderr } = exportLabels(folder, 'wall=0,0 0.1,0 0.1,0.1 0,0.1', '--interval', '5');
  expect(status).toBe(0);
  expect(stderr).not.toMatch(/^labels: \d/m);
  expect(stderr).toMatch(
    /^labels: none, since no zone was blocked or cleared; a lower --on or --confidence finds more for /m,
  );
  expect(readdirSync(join(folder, 'labels'))).toEqual([]);
});
