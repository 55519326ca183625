import { expect, test } from 'vitest';
import { CameraFailures } from '../../src/cli/camera-failures.ts';
import { PlateauError } from '../../src/errors.ts';

const missing = new PlateauError('ERR_SOURCE_MISSING', 'there is no file a.mp4: check the path');
const outside = new PlateauError('ERR_ZONE_INVALID', 'Zone "z" lies outside of the picture: move it');

async function ended(failures: CameraFailures): Promise<PlateauError | undefined> {
  return Promise.race([failures.noneLeft, new Promise<undefined>((go) => setImmediate(() => go(undefined)))]);
}

test('the only camera: its own error is what the monitor ends on, and nothing else is said', async () => {
  const said: string[] = [];
  const failures = new CameraFailures(1, ({ message }) => said.push(message));
  failures.add('a', missing);
  expect(await ended(failures)).toBe(missing);
  expect(said).toEqual([]);
});

test('one of several is said once, also when it fails again, and the others are watched', async () => {
  const said: string[] = [];
  const failures = new CameraFailures(2, ({ message }) => said.push(message));
  failures.add('a', missing);
  failures.triedAgain('a');
  failures.add('a', missing);
  expect(await ended(failures)).toBeUndefined();
  expect(said).toEqual(['a: there is no file a.mp4: check the path']);
});

test('a camera that is tried again counts as one that may work', async () => {
  const failures = new CameraFailures(2, () => undefined);
  failures.add('a', missing);
  failures.triedAgain('a');
  failures.add('b', outside);
  expect(await ended(failures)).toBeUndefined();
});

test('where all have failed, each was said and the gravest gives the exit code', async () => {
  const said: string[] = [];
  const failures = new CameraFailures(2, ({ message }) => said.push(message));
  failures.add('a', missing);
  failures.add('b', outside);
  expect(said).toHaveLength(2);
  expect((await ended(failures))?.exitCode).toBe(3);
});
