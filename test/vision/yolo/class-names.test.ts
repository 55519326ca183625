import { describe, expect, test } from 'vitest';
import { resolveClassNames } from '../../../src/vision/yolo/class-names.ts';
import type { RecognisedLayout } from '../../../src/vision/yolo/recognise-layout.ts';

/** A head with room for so many classes; `undefined` for rows, which carry a number. */
const head = (classes: number | undefined): RecognisedLayout => ({
  name: classes === undefined ? 'rows' : 'plain',
  head: 'output0',
  headDims: [1, 4 + (classes ?? 2), 2100],
  prototypes: undefined,
  anchors: 2100,
  classes,
  maskChannels: 0,
  warnings: [],
});

describe('class names', () => {
  test('are those given, ahead of those in the metadata', () => {
    expect(resolveClassNames('m.onnx', head(2), ['a', 'b'], ['c', 'd'])).toEqual({
      classes: ['a', 'b'],
      classesOrigin: 'given',
      warnings: [],
    });
    expect(resolveClassNames('m.onnx', head(2), undefined, ['c', 'd'])).toEqual({
      classes: ['c', 'd'],
      classesOrigin: 'metadata',
      warnings: [],
    });
  });

  test('given wrong are not mended by right ones in the metadata', () => {
    expect(() => resolveClassNames('m.onnx', head(2), ['a'], ['c', 'd'])).toThrow(/2 classes/);
  });

  test.for([
    [2, ['a'], undefined, /^m\.onnx has 2 classes by the shape \[1, 6, 2100\].*--names gives 1: /],
    [1, ['a', 'b'], undefined, /^m\.onnx has 1 class by the shape \[1, 5, 2100\].*--names gives 2: /],
    [3, undefined, ['a', 'b', 'c', 'd'], /the model's metadata names 4: give as many with --names a,b,c/],
    [2, undefined, undefined, /^m\.onnx has 2 classes and no metadata that names them: give their names/],
  ] as const)(
    'a head of %i classes with names %j and metadata %j is refused',
    ([classes, given, metadata, message]) => {
      const resolve = () => resolveClassNames('m.onnx', head(classes), given, metadata);
      expect(resolve).toThrow(message);
      expect(resolve).toThrow(expect.objectContaining({ code: 'ERR_NAMES_MISMATCH' }));
    },
  );

  test('that stand twice are a warning each, since a name chooses one class', () => {
    const names = ['coal', 'belt', 'coal', 'coal', 'belt', 'dust'];
    for (const [given, metadata] of [
      [names, undefined],
      [undefined, names],
    ] as const)
      expect(resolveClassNames('m.onnx', head(6), given, metadata).warnings).toEqual([
        expect.stringMatching(/^Several classes are called "coal": .* the first of them, 0;/),
        expect.stringMatching(/^Several classes are called "belt": .* the first of them, 1;/),
      ]);
  });

  test('of rows, which do not tell their number, are taken as they come', () => {
    expect(resolveClassNames('m.onnx', head(undefined), undefined, ['a', 'b', 'c']).classes).toHaveLength(3);
  });

  test('that nobody tells are coal where there is one class, with a warning', () => {
    const { classes, classesOrigin, warnings } = resolveClassNames('m.onnx', head(1), undefined, undefined);
    expect([classes, classesOrigin]).toEqual([['coal'], 'assumed']);
    expect(warnings).toEqual(['The model has no metadata: its only class is taken to be "coal".']);
  });

  test('that nobody tells are coal where the number cannot be seen, and the warning says that, too', () => {
    const { classes, warnings } = resolveClassNames('m.onnx', head(undefined), undefined, undefined);
    expect(classes).toEqual(['coal']);
    expect(warnings).toEqual([expect.stringMatching(/"coal"\. It cannot be seen how many classes/)]);
  });
});
