import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { LumpTile } from '../../scenes/lumps.ts';
import { drawMaterial, materialNames } from '../../scenes/materials.ts';
import { Random } from '../../scenes/random.ts';
import { drawScene } from '../../scenes/scene.ts';

const folder = mkdtempSync(join(tmpdir(), 'plateau-scenes-'));
afterAll(() => rmSync(folder, { recursive: true }));

function render(out: string, ...more: string[]): { status: number | null; stdout: string; stderr: string } {
  const script = new URL('../../scenes/pictures.ts', import.meta.url).pathname;
  return spawnSync(process.execPath, [script, '--out', join(folder, out), '--size', '96', ...more], {
    encoding: 'utf8',
  });
}

describe('rendered pictures', () => {
  test('come with a mask whose share is the coverage in their description', { timeout: 60_000 }, () => {
    const run = render('first', '--pictures', '4');
    expect(run.stderr).toBe('');
    for (const name of ['000000', '000001', '000002', '000003']) {
      const about = JSON.parse(readFileSync(join(folder, 'first', `${name}.json`), 'utf8')) as {
        coverage: number;
      };
      expect(about.coverage).toBeGreaterThanOrEqual(0);
      expect(about.coverage).toBeLessThanOrEqual(1);
      for (const file of [`${name}.png`, `${name}.mask.png`]) {
        expect(
          readFileSync(join(folder, 'first', file))
            .subarray(1, 4)
            .toString(),
        ).toBe('PNG');
      }
    }
  });

  test('are the same for the same seed', { timeout: 60_000 }, () => {
    render('again', '--pictures', '1');
    const read = (out: string) => readFileSync(join(folder, out, '000000.png'));
    expect(read('again').equals(read('first'))).toBe(true);
  });

  test('that are there already are not rendered again', () => {
    expect(render('first', '--pictures', '4').stdout).toContain('0 pictures in');
  });

  test('explain themselves', () => {
    expect(render('unused', '--help').stdout).toContain('held-out');
    expect(render('unused', '--wrong', '1').status).toBe(2);
  });
});

describe('a scene', () => {
  test('of training never draws a material that is held out', () => {
    const random = new Random(1);
    const held = new Set(materialNames('held-out'));
    for (let i = 0; i < 200; i++) expect(held.has(drawMaterial(random, 'train').name)).toBe(false);
  });

  test('without load has an empty mask', () => {
    const scene = drawScene(3, { split: 'train', kind: 'belt' });
    const empty = { ...scene.load, fill: 0 };
    scene.surface.lay(scene.bed, empty, scene.material, scene.tile, 0, scene.tileCell);
    expect(scene.surface.loaded.includes(1)).toBe(false);
  });

  test('of lumps covers its tile when thrown often enough', () => {
    const tile = new LumpTile(
      128,
      { shape: 'faceted', medianRadius: 6, spread: 0.3, layers: 4 },
      new Random(2),
    );
    const bare = tile.id.filter((id) => id === 0).length;
    expect(bare / tile.id.length).toBeLessThan(0.1);
  });
});
