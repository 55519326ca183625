import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { PlateauError } from '../../src/errors.ts';
import { readConfig } from '../../src/runtime/config-file.ts';

const folder = mkdtempSync(join(tmpdir(), 'plateau-config-'));

function read(text: string): ReturnType<typeof readConfig> {
  const file = join(folder, 'plant.yaml');
  writeFileSync(file, text);
  return readConfig(file, 'default.onnx');
}

test('a camera with nothing but a name and an address gets every default and the whole picture', () => {
  const { cameras, model } = read('cameras:\n  - {name: c1, url: "rtsp://10.0.0.5/s"}\n');
  expect(model).toMatchObject({ file: 'default.onnx', confidence: 0.5, threads: null });
  expect(cameras[0].capture).toMatchObject({
    source: 'rtsp://10.0.0.5/s',
    transport: 'auto',
    stallSeconds: 5,
    decoder: 'software',
  });
  expect(cameras[0].zones[0]).toMatchObject({
    zone: { name: 'picture', space: 'fractions' },
    blockage: { onCoverage: 0.73 },
  });
});

test('a camera that is called by its address keeps its password for itself', () => {
  const url = 'rtsp://admin:geheim@10.0.0.5/s';
  const { cameras } = read(`cameras: [{name: "${url}", url: "${url}"}]`);
  expect(cameras[0].name).toBe('rtsp://admin:***@10.0.0.5/s');
  expect(cameras[0].capture.source).toBe(url);
});

test('memory is bounded in megabytes: the runtime, all cameras, one camera', () => {
  const { cameras, model, memory } = read(
    'model: {memoryMegabytes: 200}\nmemory: {budgetMegabytes: 96, leakLevel: paranoid}\ncameras:\n  - {name: a, url: x, memoryMegabytes: 32}\n  - {name: b, url: y}\n',
  );
  expect(model.memoryLimitBytes).toBe(200 * 2 ** 20);
  expect(memory).toMatchObject({ budgetBytes: 96 * 2 ** 20, leakLevel: 'paranoid' });
  expect(cameras.map(({ memoryBudgetBytes }) => memoryBudgetBytes)).toEqual([32 * 2 ** 20, undefined]);
  expect(read('cameras: [{name: a, url: x}]').memory).toMatchObject({
    budgetBytes: undefined,
    leakLevel: 'simple',
  });
});

test('a camera names who decodes its pictures', () => {
  const { cameras } = read('cameras: [{name: a, url: x, decoder: vaapi}]');
  expect(cameras[0].capture.decoder).toBe('vaapi');
});

test('paths are taken from the folder of the file', () => {
  const { cameras, model } = read('model: {file: coal.onnx}\ncameras: [{name: a, url: belt.mp4}]');
  expect(model.file).toBe(join(folder, 'coal.onnx'));
  expect(cameras[0].capture.source).toBe(join(folder, 'belt.mp4'));
});

test.each([
  ['cameras: [{name: a}]', /cameras\[0\]\.url/],
  ['cameras: [{name: a, url: x, fps: 3}]', /cameras\[0\].*fps/],
  ['cameras: [{name: a, url: x}, {name: a, url: y}]', /cameras\[1\]\.name.*taken/],
  [
    'cameras: [{name: a, url: x, zones: [{name: z, points: [[0,0],[1,1],[0,1]], on: 0.5, off: 0.9}]}]',
    /cameras\[0\]\.zones\[0\].*off threshold/,
  ],
  [
    'cameras: [{name: a, url: x, zones: [{name: z, points: [[0,0],[1,1],[1,0],[0,1]]}]}]',
    /cameras\[0\]\.zones\[0\]/,
  ],
  [
    'cameras: [{name: a, url: x, zones: [{name: z, points: [[0,0],[1,1],[0,1]]}, {name: "z ", points: [[0,0],[1,0],[1,1]]}]}]',
    /cameras\[0\]\.zones\[1\]\.name.*"z" is taken by another zone/,
  ],
  [
    'cameras: [{name: a, url: x, zones: [{name: " ", points: [[0,0],[1,1],[0,1]]}]}]',
    /cameras\[0\]\.zones\[0\]\.name: a name is needed/,
  ],
  ['cameras: [{name: " ", url: x}]', /cameras\[0\]\.name: a name is needed/],
  ['memory: {leakLevel: loud}\ncameras: [{name: a, url: x}]', /memory\.leakLevel/],
  ['cameras: [{name: a, url: x, memoryMegabytes: 0}]', /cameras\[0\]\.memoryMegabytes/],
  ['cameras: [{name: a, url: x, decoder: gpu}]', /cameras\[0\]\.decoder/],
  ['cameras: []', /cameras/],
  ['cameras: [', /cannot be read as YAML or JSON \(.* at line 1, column 11\); correct it/],
  ['cameras: []\n---\ncameras: []\n', /several configurations.*from line 2 on; keep one/],
  [
    'cameras: [{name: a, url: x, zones: [{name: z, points: [[0,0],[1,1],[0,1]], on: 0}]}]',
    /cameras\[0\]\.zones\[0\]: the on threshold.*is 0; correct it/,
  ],
  [
    'cameras: [{name: a, url: x, zones: [{name: z, points: [[0,0],[1,1],[0.5,0.5]]}]}]',
    /cameras\[0\]\.zones\[0\]: Zone "z" has no area.*: draw it around/,
  ],
])('%s is refused with its key', (text, message) => {
  expect(() => read(text)).toThrow(message);
  try {
    read(text);
  } catch (error) {
    expect((error as PlateauError).exitCode).toBe(2);
  }
});

test.each([
  [join(folder, 'absent.yaml'), /no configuration .*absent\.yaml: check the path/],
  [folder, /is a folder: name the configuration file in it/],
])('%s is no file to read, and the sentence says what to do', (file, message) => {
  expect(() => readConfig(file, 'default.onnx')).toThrow(message);
});

test('any text ends in a configuration or in one sentence about it', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.json(),
        fc.string().map((s) => `cameras: [${s}]`),
      ),
      (text) => {
        try {
          read(text);
        } catch (error) {
          expect(error).toBeInstanceOf(PlateauError);
          expect((error as PlateauError).code).toBe('ERR_CONFIG');
        }
      },
    ),
    { numRuns: 300 },
  );
});
