import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { afterAll, describe, expect, test } from 'vitest';
import { because, skipFor, whatIsAbsent } from '../support/absent.ts';

const folder = mkdtempSync(join(tmpdir(), 'plateau-training-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** A Python that has PyTorch and training/requirements.txt; PLATEAU_TRAINING_PYTHON names one in a virtual environment. */
const python = process.env.PLATEAU_TRAINING_PYTHON ?? '/usr/bin/python3';
const complete = spawnSync(python, ['-c', 'import torch, cv2, onnx, onnxruntime']).status === 0;
const reason = complete
  ? undefined
  : 'needs a Python with apt-get install python3-torch and pip install -r training/requirements.txt, named by PLATEAU_TRAINING_PYTHON';

const noTracer = whatIsAbsent(['povray']);

function script(path: string): string {
  return new URL(`../../${path}`, import.meta.url).pathname;
}

describe.skipIf(skipFor(reason))(`training${because(reason)}`, () => {
  test('goes from a few pictures to a model in the layout of segmentation exports', {
    timeout: 240_000,
  }, async () => {
    const pictures = join(folder, 'pictures');
    spawnSync(process.execPath, [
      script('scenes/pictures.ts'),
      '--out',
      pictures,
      '--pictures',
      '4',
      '--size',
      '160',
    ]);
    const file = join(folder, 'tiny.onnx');
    const run = spawnSync(
      python,
      [
        script('training/train.py'),
        '--pictures',
        pictures,
        '--run',
        join(folder, 'run'),
        '--steps',
        '3',
        '--batch',
        '2',
        '--onnx',
        file,
      ],
      { encoding: 'utf8' },
    );
    expect(run.status, run.stderr).toBe(0);
    expect(statSync(file).size).toBeLessThan(6_000_000);
    const session = await InferenceSession.create(file);
    const images = new Tensor('float32', new Float32Array(3 * 320 * 320), [1, 3, 320, 320]);
    const { output0, output1 } = await session.run({ images });
    expect(output0.dims[2]).toBe(2100);
    expect(output0.dims[1]).toBe(4 + 1 + output1.dims[1]);
    expect(output1.dims.slice(2)).toEqual([80, 80]);
    await session.release();
  });

  test('renders a clip in the look that training never sees, with its truth', { timeout: 120_000 }, () => {
    const out = join(folder, 'unseen');
    const run = spawnSync(
      python,
      [script('training/unseen.py'), '--out', out, '--only', 'unseen-busy', '--seconds', '1.2'],
      { encoding: 'utf8' },
    );
    expect(run.status, run.stderr).toBe(0);
    const truth = JSON.parse(readFileSync(join(out, 'unseen-busy.json'), 'utf8'));
    const mask = statSync(join(out, 'unseen-busy.masks', '0002.png'));
    expect(truth.coverage.map(([seconds]: [number, number]) => seconds)).toEqual([0, 0.4, 0.8]);
    for (const [, share] of truth.coverage) expect(share).toBeGreaterThan(0.2);
    for (const [, share] of truth.coverage) expect(share).toBeLessThan(0.5);
    expect(mask.size).toBeGreaterThan(100);
  });

  /** What a program prints that has training's modules at hand, as JSON. */
  function answerOf(program: string) {
    const run = spawnSync(python, ['-c', program], { cwd: script('training'), encoding: 'utf8' });
    expect(run.status, run.stderr).toBe(0);
    return JSON.parse(run.stdout);
  }

  test.skipIf(skipFor(noTracer))(
    `renders pictures by ray tracing with exact masks, and tells a model's error on them${because(noTracer)}`,
    { timeout: 120_000 },
    () => {
      const out = join(folder, 'raytraced');
      const flags = ['--out', out, '--first', '1', '--pictures', '2'];
      const run = spawnSync(python, [script('training/raytraced.py'), ...flags], { encoding: 'utf8' });
      expect(run.status, run.stderr).toBe(0);
      const { shares, nothing, table } = answerOf(`
import json
from pathlib import Path
import cv2
import numpy as np
from evaluate import picture_table
folder, shares = Path(${JSON.stringify(out)}), []
zones = sorted(folder.glob("*.zone.png"))
for zone in zones:
    belt, load = cv2.imread(str(zone), 0), cv2.imread(str(zone).replace(".zone.", ".mask."), 0)
    assert set(np.unique(belt)) == set(np.unique(load)) == {0, 255}
    shares.append(float((load[belt > 0] > 0).mean()))
class FindsNothing:
    def mask(self, picture): return np.zeros((320, 320), bool)
print(json.dumps({"shares": shares, "nothing": float(np.mean(shares)), "table": picture_table(FindsNothing(), zones)}))`);
      expect(shares).toHaveLength(2);
      for (const share of shares) expect(share).toBeGreaterThan(0.05);
      for (const share of shares) expect(share).toBeLessThan(0.95);
      const [, mean, difference] = table.match(/^\| all \| 2 \| (\S+) \| (\S+) \|/m).map(Number);
      expect(mean).toBeCloseTo(nothing, 2);
      expect(difference).toBe(-mean);
    },
  );

  test('exports masks that follow the semantic map more than each cell, and need a margin', {
    timeout: 60_000,
  }, () => {
    const { masks, margin } = answerOf(`
import json
import torch
from network import MARGIN, SEMANTIC_SHARE, CoalNetwork, ExportedNetwork
network = CoalNetwork().eval()
with torch.no_grad():
    picture = torch.rand(1, 3, 320, 320)
    prototypes, maps = network(picture)
    rows, exported = ExportedNetwork(network)(picture)
cells = torch.cat([raw[:, 5:].flatten(2) for raw in maps], 2)
wanted = (1 - SEMANTIC_SHARE) * cells
wanted[:, 0] += SEMANTIC_SHARE
prototypes[:, 0] -= MARGIN
print(json.dumps({
    "masks": float((rows[:, 5:] - wanted).abs().max()), "margin": float((exported - prototypes).abs().max()),
}))`);
    expect(masks).toBeLessThan(1e-6);
    expect(margin).toBeLessThan(1e-6);
  });

  test('leaves out pictures in which nobody could see the load', { timeout: 60_000 }, () => {
    const seen = answerOf(`
import json
import numpy as np
from augment import can_be_seen
random = np.random.default_rng(1)
plain = np.kron(random.random((40, 40, 1)), np.ones((4, 4, 3))).astype(np.float32) * 0.3
mask = np.zeros((160, 160), np.uint8)
mask[40:120, 40:120] = 255
noise = random.standard_normal(plain.shape).astype(np.float32)
print(json.dumps([bool(can_be_seen(plain, picture, shown)) for picture, shown in (
    (plain, mask), (plain * 0.3 + 0.3, mask), (plain * 0.2 + 0.01 * noise, mask),
    (plain * 0, mask), (plain * 0.02, mask), (plain * 0.1 + 0.2 * noise, mask), (plain * 0, mask * 0),
)]))`);
    expect(seen).toEqual([true, true, true, false, false, false, true]);
  });

  test.each(['painted', 'cells', 'relief'])(
    '%s draws empty and loaded pictures, whose load can be seen',
    {
      timeout: 90_000,
    },
    (look) => {
      const { shares, seen } = answerOf(`
import json
import numpy as np
from ${look} import ${look}
from augment import can_be_seen
random = np.random.default_rng(2)
shares, seen = [], []
for _ in range(30):
    picture, mask = ${look}(random)
    assert picture.dtype == np.uint8 and picture.shape == (*mask.shape, 3) and set(np.unique(mask)) <= {0, 255}
    shares.append(float((mask > 0).mean()))
    seen.append(can_be_seen(picture / np.float32(255), picture / np.float32(255), mask))
print(json.dumps({"shares": shares, "seen": sum(seen)}))`);
      const empty = shares.filter((share: number) => share === 0).length;
      expect(empty).toBeGreaterThan(1);
      expect(empty).toBeLessThan(15);
      expect(Math.max(...shares)).toBeGreaterThan(0.4);
      expect(seen).toBeGreaterThan(25);
    },
  );
});
