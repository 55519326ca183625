import { afterAll, expect, test } from 'vitest';
import { ModelInputScaler } from '../../../src/vision/video/model-input-scaler.ts';
import { PictureEncoder } from '../../../src/vision/video/picture-encoder.ts';
import { VideoCapture } from '../../../src/vision/video/video-capture.ts';
import { ClipFolder } from '../../support/clips.ts';

const clips = new ClipFolder();
afterAll(() => clips[Symbol.dispose]());

/** The middle pixel as red, green and blue, 0 to 1, and what the capture has to say. */
async function middleOf(name: string, encoderOptions: Record<string, string>) {
  const path = clips.make(`${name}.mp4`, { source: 'color=red:s=64x48:r=10:d=0.2', encoderOptions });
  await using capture = await VideoCapture.open(path);
  using scaler = new ModelInputScaler({ width: 64, height: 48 });
  using encoder = new PictureEncoder();
  const target = new Float32Array(3 * 64 * 48);
  const frame = await capture.read();
  if (frame === undefined) throw new Error('no frame');
  scaler.scaleInto(frame, target);
  expect(encoder.encodeJpeg(frame).length).toBeGreaterThan(100);
  return {
    colors: [0, 1, 2].map((color) => target[(color * 48 + 24) * 64 + 32]),
    warnings: capture.warnings,
  };
}

test.each([
  ['ycgco', 'YCgCo'],
  ['bt2020c', 'BT.2020 of constant luminance'],
  ['smpte2085', 'SMPTE 2085'],
  ['chroma-derived-nc', 'chromaticity-derived'],
  ['chroma-derived-c', 'chromaticity-derived of constant luminance'],
  ['ictcp', 'ICtCp'],
])(
  'colours declared as %s, which the scaler refuses, are read as untold ones and said',
  async (tag, name) => {
    const untold = await middleOf('untold', {});
    const { colors, warnings } = await middleOf(tag, { colorspace: tag });
    expect(colors).toEqual(untold.colors);
    expect(warnings).toEqual([expect.stringContaining(`colours are declared as ${name}, which cannot`)]);
  },
);

test.each([
  ['log100', { color_trc: 'log100' }],
  ['log316', { color_trc: 'log316' }],
  ['smpte428', { color_primaries: 'smpte428', color_trc: 'smpte428' }],
])('a transfer of %s makes no difference', async (name, encoderOptions) => {
  expect(await middleOf(name, encoderOptions)).toEqual(await middleOf('untold', {}));
});

test('a space that the scaler knows is followed without a word', async () => {
  const { colors, warnings } = await middleOf('bt709', { colorspace: 'bt709' });
  expect(colors).not.toEqual((await middleOf('untold', {})).colors);
  expect(warnings).toEqual([]);
});
