import { existsSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { because, skipFor } from '../support/absent.ts';
import { analyze, coverages } from '../support/analyze-program.ts';
import { plateau, repository } from '../support/plateau-program.ts';

/** Chromium's software driver stands in for a GPU: the same path through WebGPU, only slow. */
const driver = '/usr/lib/chromium/vk_swiftshader_icd.json';
const reason = existsSync(driver) ? undefined : 'needs a software WebGPU driver: apt-get install chromium';
const environment = {
  VK_ICD_FILENAMES: driver,
  VK_DRIVER_FILES: driver,
  XDG_RUNTIME_DIR: mkdtempSync(join(tmpdir(), 'plateau-xdg-')),
};
const model = join(repository, 'models/known-answer-64.onnx');
const clip = join(repository, 'demo/lumps.mp4');

describe.skipIf(skipFor(reason))(`a model on WebGPU${because(reason)}`, () => {
  test('gives the coverage that the CPU gives, and leaves nothing behind', async () => {
    const args = ['--model', model, '--interval', '0.5'];
    const cpu = await analyze(clip, [...args, '--device', 'cpu']);
    const gpu = await analyze(clip, [...args, '--device', 'webgpu'], { environment });
    expect(gpu.report.device).toBe('webgpu');
    expect(gpu.report.memory.liveResources).toBe(0);
    const wanted = coverages(cpu.report);
    for (const [index, coverage] of coverages(gpu.report).entries())
      expect(coverage).toBeCloseTo(wanted[index] as number, 3);
  });

  test('a device that is not there is refused in one sentence', async () => {
    const run = await plateau(['analyze', clip, '--model', model, '--device', 'cuda']);
    expect(run.code).toBe(3);
    expect(run.stderr).toMatch(/^plateau: .*cuda.*--device \(model.device\)\.\n$/);
  });
});
