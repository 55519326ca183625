/** Models that declare more than they hold: refused before the runtime takes the memory that they ask for. */
import { describe, expect, test } from 'vitest';
import type { PlateauError } from '../../../src/errors.ts';
import { readOnnxFacts } from '../../../src/vision/yolo/onnx-facts.ts';
import { Yolo } from '../../../src/vision/yolo/yolo.ts';
import { KnownAnswerFolder } from '../../support/known-answer-files.ts';
import {
  type Bytes,
  concat,
  floats,
  integer,
  integerAttribute,
  integersAttribute,
  longs,
  message,
  node,
  tensor,
  text,
  valueInfo,
} from '../../support/known-answer-protobuf.ts';

const huge = 2 ** 34;

/** A graph of one operator over constants. */
function graphOf(parts: readonly Bytes[], input: readonly number[] = [1, 3, 64, 64]): Bytes {
  return concat([
    integer(1, 8),
    message(
      7,
      ...parts,
      text(2, 'damaged'),
      valueInfo(11, 'images', 'float', input),
      valueInfo(12, 'output0', 'float', [1, 37, 84]),
    ),
    message(8, integer(2, 17)),
  ]);
}

const sizes = (name: string, values: readonly number[]): Bytes =>
  message(5, tensor({ name, type: 'int64', dims: [values.length], raw: longs(values) }));
const numbers = (name: string, dims: readonly number[], count: number): Bytes =>
  message(5, tensor({ name, type: 'float', dims, raw: floats(new Float32Array(count)) }));

const damaged: readonly [string, Bytes, RegExp][] = [
  [
    'a tensor of more values than the file has bytes for',
    graphOf([node('Identity', ['head'], ['output0']), numbers('head', [1, 37, huge], 37)]),
    /tensor "head" declares \[1, 37, 17179869184\] values and holds 148 bytes/,
  ],
  [
    'padding without end of a constant',
    graphOf([
      node('Pad', ['head', 'pads'], ['output0']),
      numbers('head', [1, 37, 1], 37),
      sizes('pads', [0, 0, 0, 0, 0, huge]),
    ]),
    /Pad makes a tensor of 6.4e\+11 values/,
  ],
  [
    'padding without end of what comes from the picture',
    graphOf([node('Pad', ['images', 'pads'], ['output0']), sizes('pads', [0, 0, 0, 0, 0, 0, 0, 2 ** 22])]),
    /Pad makes a tensor/,
  ],
  [
    'a constant of any size',
    graphOf([node('ConstantOfShape', ['shape'], ['output0']), sizes('shape', [1, 37, huge])]),
    /ConstantOfShape makes/,
  ],
  [
    'a constant repeated',
    graphOf([
      node('Tile', ['head', 'times'], ['output0']),
      numbers('head', [1, 37, 1], 37),
      sizes('times', [1, 1, huge]),
    ]),
    /Tile makes/,
  ],
  [
    'a size in a Constant node',
    graphOf([
      node('Constant', [], ['shape'], [integersAttribute('value_ints', [1, 37, huge])]),
      node('Expand', ['images', 'shape'], ['output0']),
    ]),
    /Expand makes/,
  ],
  [
    'a range without end',
    graphOf([
      node('Constant', [], ['from'], [integerAttribute('value_int', 0)]),
      node('Constant', [], ['to'], [integerAttribute('value_int', huge)]),
      node('Constant', [], ['step'], [integerAttribute('value_int', 1)]),
      node('Range', ['from', 'to', 'step'], ['output0']),
    ]),
    /Range makes a tensor of 1.7e\+10 values/,
  ],
  [
    'a window of a convolution that no picture has',
    graphOf([
      node('Conv', ['images', 'w'], ['output0'], [integersAttribute('pads', [0, 0, 0, 1_000_000])]),
      numbers('w', [1, 3, 1, 1], 3),
    ]),
    /Conv has pads of 1000000/,
  ],
];

describe('a model that declares more than it holds', () => {
  test.each(damaged)('%s', async (_, bytes, sentence) => {
    using folder = new KnownAnswerFolder();
    const path = folder.writeBytes('damaged.onnx', bytes);
    const before = process.memoryUsage.rss();
    const refusal = await Yolo.open(path).then(
      () => undefined,
      (error: PlateauError) => error,
    );
    expect(refusal?.message).toMatch(sentence);
    expect([refusal?.code, refusal?.message.endsWith('export or copy it again.')]).toEqual([
      'ERR_MODEL_INVALID',
      true,
    ]);
    expect(process.memoryUsage.rss() - before).toBeLessThan(100e6);
  });

  test('an input of gibibytes', async () => {
    using folder = new KnownAnswerFolder();
    const path = folder.writeBytes(
      'wide.onnx',
      graphOf([node('Identity', ['images'], ['output0'])], [9000, 3, 640, 640]),
    );
    await expect(Yolo.open(path)).rejects.toThrow(
      /wide.onnx takes images float32 \[9000, 3, 640, 640\].*more than a GiB/,
    );
  });

  test('whatever an exporter writes is no more than it holds', () => {
    using folder = new KnownAnswerFolder();
    for (const options of [
      {},
      { layout: 'objectness' as const, classes: 80 },
      { layout: 'rows' as const },
      { dynamic: true },
      { quantisedStep: 0.1 },
      { externalData: 'weights.data' },
      { half: true, batch: 4 },
      { height: 1280, width: 1280, classes: 80 },
    ])
      expect(readOnnxFacts(folder.write(options)).opset).toBe(17);
  });
});
