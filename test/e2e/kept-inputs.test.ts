/** Whatever a result is called, what it is made from is there afterwards, byte for byte. */
import { copyFileSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { knownAnswer } from '../support/analyze-program.ts';
import { Workbench } from '../support/ffmpeg-program.ts';
import { plateau } from '../support/plateau-program.ts';

const lumps = fileURLToPath(new URL('../../demo/lumps.mp4', import.meta.url));
const analyze = (...args: string[]): string[] => ['analyze', '--stride', '60', ...args];

test.each([
  ['in.mp4.partial', '--output', 'in.mp4'],
  ['in.json.partial', '--report', 'in.json'],
])('a recording called %s survives %s %s', async (name, flag, result) => {
  using bench = new Workbench();
  copyFileSync(lumps, bench.file(name));
  const args = analyze(bench.file(name), '--model', knownAnswer, flag, bench.file(result));
  const { code, stderr } = await plateau(args);
  expect([code, stderr]).toEqual([0, '']);
  expect(readFileSync(bench.file(name)).equals(readFileSync(lumps))).toBe(true);
  expect(readdirSync(bench.path).sort()).toEqual([name, result].sort());
});

test.each([
  ['a picture of the folder', ['pictures', '--report', 'pictures/0001.png']],
  ['a picture of the folder', ['pictures', '--output', 'pictures/0001.png']],
  ['the model of the configuration', ['in.mp4', '--config', 'c.yaml', '--report', 'm.onnx']],
  ['the configuration', ['in.mp4', '--config', 'c.yaml', '--report', 'c.yaml']],
])('a result in the place of %s is refused: %j', async (_, args) => {
  using bench = new Workbench();
  mkdirSync(bench.file('pictures'));
  const kept = [
    bench.write('pictures/0001.png', 'picture'),
    bench.write('m.onnx', 'model'),
    bench.write('c.yaml', 'model: { file: m.onnx }\ncameras: [{ name: belt, url: in.mp4 }]\n'),
  ];
  const before = kept.map((file) => readFileSync(file, 'utf8'));
  copyFileSync(lumps, bench.file('in.mp4'));
  const { code, stdout, stderr } = await plateau(analyze(...args), { cwd: bench.path });
  expect([code, stdout, stderr]).toEqual([
    2,
    '',
    expect.stringMatching(/^plateau: --.+ would overwrite .+\n$/),
  ]);
  expect(kept.map((file) => readFileSync(file, 'utf8'))).toEqual(before);
});

test.each(['rtsp:/user:secret@h/x', 'user:secret@127.0.0.1:1/x'])(
  'the password of %s is not shown',
  async (source) => {
    const { code, stderr } = await plateau(['analyze', source, '--model', knownAnswer]);
    expect(code).toBe(3);
    expect(stderr).toMatch(/^plateau: .*user:\*\*\*@.+\n$/);
  },
);
