import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ByteSource } from '../../../src/vision/yolo/byte-source.ts';
import { readModelMetadata } from '../../../src/vision/yolo/model-metadata.ts';
import { parseOnnxFacts, readOnnxFacts } from '../../../src/vision/yolo/onnx-facts.ts';
import { MalformedProtobufError } from '../../../src/vision/yolo/protobuf-reader.ts';
import { fuzzRuns } from '../../support/fuzz-runs.ts';
import { KnownAnswerFolder } from '../../support/known-answer-files.ts';
import { knownAnswerModel } from '../../support/known-answer-model.ts';

/** Bytes in memory that count how many of them were asked for. */
class MemoryBytes implements ByteSource {
  readonly #bytes: Uint8Array;
  asked = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get byteLength(): number {
    return this.#bytes.byteLength;
  }

  byteAt(offset: number): number {
    if (offset < 0 || offset >= this.#bytes.byteLength) throw new RangeError('past the end');
    this.asked += 1;
    return this.#bytes[offset]!;
  }

  read(offset: number, length: number): Uint8Array {
    if (offset < 0 || offset + length > this.#bytes.byteLength) throw new RangeError('past the end');
    this.asked += length;
    return this.#bytes.subarray(offset, offset + length);
  }
}

const facts = (bytes: Uint8Array) => parseOnnxFacts(new MemoryBytes(bytes));

describe('what an ONNX file says about itself', () => {
  test('versions, metadata and external files', () => {
    const { model } = knownAnswerModel({
      opset: 19,
      irVersion: 9,
      externalData: 'w.data',
      metadata: { names: '{0: "ä"}' },
    });
    expect(facts(model)).toMatchObject({
      irVersion: 9,
      opset: 19,
      externalFiles: ['w.data'],
      producer: 'plateau known answer',
    });
    expect(facts(model).metadata.get('names')).toBe('{0: "ä"}');
  });

  test('the size of the input, where it is fixed', () => {
    expect(facts(knownAnswerModel({ dynamic: true }).model).inputPixels).toBe(0);
    expect(facts(knownAnswerModel().model).inputPixels).toBe(320 * 320);
  });

  test('the steps of quantised outputs', () => {
    const steps = facts(knownAnswerModel({ quantisedStep: 2.5 }).model).outputSteps;
    expect(steps.get('output0')).toBe(2.5);
    expect(steps.get('output1')).toBeCloseTo(0.5 / 127, 9);
    expect(facts(knownAnswerModel().model).outputSteps.size).toBe(0);
  });

  test('weights are stepped over, not read', () => {
    const values = new Float32Array(37 * 2100);
    const source = new MemoryBytes(knownAnswerModel({ head: { dims: [1, 37, 2100], values } }).model);
    parseOnnxFacts(source);
    expect(source.byteLength).toBeGreaterThan(300_000);
    expect(source.asked).toBeLessThan(5_000);
  });

  test('a file through its window says the same as the bytes', () => {
    using folder = new KnownAnswerFolder();
    const head = { dims: [1, 37, 2100], values: new Float32Array(37 * 2100) };
    expect(readOnnxFacts(folder.write({ head }))).toEqual(facts(knownAnswerModel({ head }).model));
  });

  test('any bytes are read or refused as malformed', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => readsOrRefuses(bytes)),
      { numRuns: fuzzRuns(5000) },
    );
  });

  test('a model with changed bytes is read or refused as malformed, and never asks for much', () => {
    const models = [{}, { classes: 3, quantisedStep: 0.1 }, { externalData: 'x' }].map(
      (options) => knownAnswerModel({ height: 32, width: 32, ...options }).model,
    );
    const change = fc.tuple(fc.nat(2000), fc.nat(255));
    fc.assert(
      fc.property(
        fc.constantFrom(...models),
        fc.array(change, { minLength: 1, maxLength: 8 }),
        fc.option(fc.nat(900)),
        (model, changes, cut) => {
          const bytes = model.slice(0, cut === null ? undefined : cut);
          for (const [place, value] of changes) if (bytes.length > 0) bytes[place % bytes.length] = value;
          readsOrRefuses(bytes);
        },
      ),
      { numRuns: fuzzRuns(5000) },
    );
  });
});

function readsOrRefuses(bytes: Uint8Array): void {
  const source = new MemoryBytes(bytes);
  try {
    readModelMetadata(parseOnnxFacts(source).metadata);
  } catch (error) {
    expect(error).toBeInstanceOf(MalformedProtobufError);
  }
  expect(source.asked).toBeLessThan(100 * (bytes.length + 10));
}

describe('metadata', () => {
  const read = (entries: Record<string, string>) => readModelMetadata(new Map(Object.entries(entries)));

  test.for([
    [{ names: "['a', 'b']" }, ['a', 'b']],
    [{ names: "{1: 'b', 0: 'a'}" }, ['a', 'b']],
    [{ names: "{0: 'a', 2: 'c'}" }, ['a', 'class1', 'c']],
    [{ names: "{'0': 'a'}" }, ['a']],
    [{ names: '{}' }, undefined],
    [{ names: "{-1: 'a'}" }, undefined],
    [{ names: "{999999999: 'a'}" }, undefined],
    [{ names: 'coal' }, undefined],
  ] as [Record<string, string>, string[] | undefined][])('names %j', ([entries, expected]) => {
    expect(read(entries).names).toEqual(expected);
  });

  test('sizes, arguments and what cannot be read', () => {
    expect(read({ imgsz: '[192, 320]' }).imageSize).toEqual([192, 320]);
    expect(read({ imgsz: '640' }).imageSize).toEqual([640, 640]);
    expect(read({ imgsz: '[-1, 0]' }).imageSize).toBeUndefined();
    expect(read({ args: "{'nms': True, 'data': None}" }).nmsInside).toBe(true);
    expect(read({ end2end: 'True' }).endToEnd).toBe(true);
    expect(read({ names: '{0: ' }).warnings).toEqual([expect.stringMatching(/"names" cannot be read/)]);
    expect(read({}).present).toBe(false);
  });
});
