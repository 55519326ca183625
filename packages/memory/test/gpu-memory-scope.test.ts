import { expect, test } from 'vitest';
import { GpuMemoryScope, releaseTensor, UseAfterDisposeError } from '../src/index.ts';

/** A tensor of ONNX Runtime's form. */
class Tensor {
  readonly location: string;
  readonly #data: Float32Array;
  disposed = 0;

  constructor(location: string, data: Float32Array) {
    this.location = location;
    this.#data = data;
  }

  get data(): Float32Array {
    if (this.location !== 'cpu') throw new Error('the data is not on the CPU');
    return this.#data;
  }

  dispose(): void {
    this.disposed += 1;
  }
}

test('a tensor on the CPU is freed at the end of the scope, bytes and all', () => {
  const floats = new Float32Array(1000);
  const tensor = new Tensor('cpu', floats);
  const scope = new GpuMemoryScope();
  scope.useTensor(tensor);
  expect(floats.length).toBe(1000);
  scope[Symbol.dispose]();
  scope[Symbol.dispose]();
  expect(floats.length).toBe(0);
  expect(tensor.disposed).toBe(1);
  expect(scope.counters).toEqual({ made: 1, released: 1 });
});

test('a tensor on the GPU is disposed of and its data is not asked for', () => {
  const tensor = new Tensor('gpu-buffer', new Float32Array(1));
  {
    using scope = new GpuMemoryScope();
    scope.useTensor(tensor);
  }
  expect(tensor.disposed).toBe(1);
});

test('shared memory is left alone', () => {
  const shared = new Float32Array(new SharedArrayBuffer(40));
  releaseTensor(new Tensor('cpu', shared));
  expect(shared.length).toBe(10);
});

test('what is kept outlives the scope, and what runs afterwards runs also after an error', () => {
  let cleaned = 0;
  const kept = new Tensor('cpu', new Float32Array(4));
  const failing = (): void => {
    using scope = new GpuMemoryScope(() => {
      cleaned += 1;
    });
    scope.keep(scope.useTensor(kept));
    scope.adopt('broken', () => {
      throw new Error('no');
    });
  };
  expect(failing).toThrow('no');
  expect(cleaned).toBe(1);
  expect(kept.data.length).toBe(4);
});

test('a tensor that is given twice is freed and counted once', () => {
  const tensor = new Tensor('gpu-buffer', new Float32Array(1));
  const scope = new GpuMemoryScope();
  scope.useTensor(scope.useTensor(tensor));
  scope[Symbol.dispose]();
  expect(tensor.disposed).toBe(1);
  expect(scope.counters).toEqual({ made: 1, released: 1 });
});

test('a tensor that a closed scope refuses is not counted as one that it has not freed', () => {
  const scope = new GpuMemoryScope();
  scope[Symbol.dispose]();
  expect(() => scope.useTensor(new Tensor('gpu-buffer', new Float32Array(1)))).toThrow(UseAfterDisposeError);
  expect(scope.counters).toEqual({ made: 0, released: 0 });
});

test('of a tensor and what runs afterwards both errors are told', () => {
  const scope = new GpuMemoryScope(() => {
    throw new Error('afterwards');
  });
  scope.useTensor({
    location: 'gpu-buffer',
    dispose: () => {
      throw new Error('tensor');
    },
  });
  let told: unknown;
  try {
    scope[Symbol.dispose]();
  } catch (error) {
    told = error;
  }
  expect(told).toMatchObject({ error: { message: 'afterwards' }, suppressed: { message: 'tensor' } });
});
