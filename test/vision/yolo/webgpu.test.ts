/** The GPU's path on any machine: WebGPU on SwiftShader, the software Vulkan driver that Debian's chromium brings along. */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const driver = '/usr/lib/chromium/vk_swiftshader_icd.json';
const reason = 'skipped: there is no software Vulkan driver; install it by "apt-get install chromium"';
const missing = !existsSync(driver);
if (missing && process.env.PLATEAU_NO_SKIP === '1')
  throw new Error(`PLATEAU_NO_SKIP=1, but would be ${reason}`);
if (missing) console.warn(reason);

interface Answer {
  readonly device: string;
  readonly values: readonly number[];
  readonly made: number;
  readonly released: number;
  readonly bytesHeld: number;
  /** Of RSS, over 100 runs. */
  readonly grownBytes: number;
}

function runOn(device: 'cpu' | 'webgpu', environment: NodeJS.ProcessEnv): Answer {
  const script = fileURLToPath(new URL('./run-on-device.ts', import.meta.url));
  const model = fileURLToPath(new URL('../../../models/known-answer.onnx', import.meta.url));
  const printed = execFileSync(process.execPath, ['--conditions=source', script, device, model], {
    env: { ...process.env, ...environment },
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  return JSON.parse(printed) as Answer;
}

test.skipIf(missing)(
  'WebGPU answers as the CPU does, and gives back what its runs returned',
  { timeout: 120_000 },
  () => {
    const cpu = runOn('cpu', {});
    const gpu = runOn('webgpu', {
      VK_ICD_FILENAMES: driver,
      VK_DRIVER_FILES: driver,
      XDG_RUNTIME_DIR: '/tmp',
    });
    expect(gpu).toMatchObject({ device: 'webgpu', made: 33, released: 33, bytesHeld: 0 });
    for (const [index, value] of cpu.values.entries()) expect(gpu.values[index]).toBeCloseTo(value, 5);
    // What 100 runs returned is 113 MB.
    expect(gpu.grownBytes).toBeLessThan(20e6);
  },
);

test('a machine without a GPU says so in one sentence', { timeout: 60_000 }, () => {
  let text = '';
  try {
    runOn('webgpu', { VK_ICD_FILENAMES: '/none.json', VK_DRIVER_FILES: '/none.json' });
  } catch (error) {
    text = String((error as { stderr: unknown }).stderr);
  }
  // Where a driver answers nevertheless there is nothing to say.
  if (text !== '') expect(text).toMatch(/cannot be opened on webgpu: .*adapter.*--device cpu/);
});
