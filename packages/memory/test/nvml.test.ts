import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { loadNvml, Nvml, UseAfterDisposeError } from '../src/index.ts';
import { cards, type FakeCard, fakeNvml } from './nvml-answers.ts';

const mebibyte = 2 ** 20;

async function sampleOf(...of: (FakeCard | undefined)[]): Promise<ReturnType<Nvml['sample']>> {
  using nvml = await Nvml.open(fakeNvml(of as FakeCard[]), 4242);
  return nvml?.sample() ?? [];
}

test('total, reserved, used, and what is ours are read from the driver’s answer', async () => {
  expect(await sampleOf(cards.t4, cards.h100)).toEqual([
    {
      name: 'Tesla T4',
      totalBytes: 15_360 * mebibyte,
      reservedBytes: 441 * mebibyte,
      usedBytes: 2_105 * mebibyte,
      usedByUsBytes: 2_101 * mebibyte,
    },
    {
      name: 'NVIDIA H100 80GB HBM3',
      totalBytes: 81_559 * mebibyte,
      reservedBytes: 551 * mebibyte,
      usedBytes: 12_345 * mebibyte,
      usedByUsBytes: 4_000 * mebibyte,
    },
  ]);
});

test('what the driver does not tell of a process is not made up', async () => {
  expect((await sampleOf(cards.wddm))[0]).toMatchObject({
    usedByUsBytes: undefined,
    usedBytes: 900 * mebibyte,
  });
  const t4 = cards.t4 as FakeCard;
  expect((await sampleOf({ ...t4, processCode: 3 }))[0]).toMatchObject({ usedByUsBytes: undefined });
  expect((await sampleOf({ ...t4, processes: [{ pid: 1, bytes: 1n }] }))[0]).toMatchObject({
    usedByUsBytes: undefined,
  });
  expect((await sampleOf({ ...t4, processes: [] }))[0]).toMatchObject({ usedByUsBytes: 0 });
});

test('more processes than there was room for are asked for again', async () => {
  const processes = Array.from({ length: 40 }, (_, at) => ({
    pid: at === 39 ? 4242 : at,
    bytes: BigInt(at),
  }));
  expect((await sampleOf({ ...(cards.t4 as FakeCard), processes }))[0]?.usedByUsBytes).toBe(39);
});

test('a card that has fallen off the bus is left out, the others are there', async () => {
  expect((await sampleOf(cards.lost, cards.t4)).map((one) => one.name)).toEqual(['Tesla T4']);
});

test.each([9, 12, 999])('a library that cannot be initialized (code %i) means no GPU', async (code) => {
  expect(await Nvml.open(fakeNvml([], code))).toBeUndefined();
});

test('a driver without a device means no GPU, and is closed again', async () => {
  const library = fakeNvml([]);
  expect(await Nvml.open(library)).toBeUndefined();
  expect(library.open).toBe(0);
});

test('it is closed once, and not asked after that', async () => {
  const library = fakeNvml([cards.t4 as FakeCard]);
  const nvml = await Nvml.open(library);
  expect(library.open).toBe(1);
  nvml?.[Symbol.dispose]();
  nvml?.[Symbol.dispose]();
  expect(library.open).toBe(0);
  expect(() => nvml?.sample()).toThrow(UseAfterDisposeError);
});

test('a library that is not there is a normal answer', async () => {
  expect(await loadNvml(['libnvidia-ml-that-nobody-has.so.1'])).toBeUndefined();
});

const source = `
#include <stdint.h>
#include <string.h>
typedef struct { unsigned int version; unsigned long long total, reserved, free, used; } memory_t;
typedef struct { unsigned int pid; unsigned long long used; unsigned int gi, ci; } process_t;
static int device;
int nvmlInit_v2(void) { return 0; }
int nvmlShutdown(void) { return 0; }
int nvmlDeviceGetCount_v2(unsigned int *count) { *count = 1; return 0; }
int nvmlDeviceGetHandleByIndex_v2(unsigned int index, void **out) { *out = &device; return index == 0 ? 0 : 2; }
int nvmlDeviceGetName(void *d, char *name, unsigned int length) { strncpy(name, "Compiled Card", length); return d == &device ? 0 : 2; }
int nvmlDeviceGetMemoryInfo_v2(void *d, memory_t *m) {
  if (d != &device) return 2;
  if (m->version != (sizeof(memory_t) | (2 << 24))) return 25;
  m->total = 16ull << 30; m->reserved = 1ull << 28; m->free = 15ull << 30; m->used = 3ull << 28; return 0;
}
int nvmlDeviceGetComputeRunningProcesses_v3(void *d, unsigned int *count, process_t *p) {
  if (d != &device) return 2;
  p[0].pid = 4242; p[0].used = 5ull << 27; p[0].gi = p[0].ci = ~0u; *count = 1; return 0;
}
`;

/** The C side is the header's own types: the layout and the calls through koffi are proven without a GPU. */
test.skipIf(spawnSync('cc', ['--version']).status !== 0)(
  'a compiled library of the same form is understood',
  async () => {
    const folder = mkdtempSync(join(tmpdir(), 'plateau-nvml-'));
    try {
      writeFileSync(join(folder, 'nvml.c'), source);
      execFileSync('cc', ['-shared', '-fPIC', '-o', join(folder, 'libnvml.so'), join(folder, 'nvml.c')]);
      using nvml = await Nvml.open(await loadNvml([join(folder, 'libnvml.so')]), 4242);
      expect(nvml?.sample()).toEqual([
        {
          name: 'Compiled Card',
          totalBytes: 2 ** 34,
          reservedBytes: 2 ** 28,
          usedBytes: 3 * 2 ** 28,
          usedByUsBytes: 5 * 2 ** 27,
        },
      ]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  },
);
