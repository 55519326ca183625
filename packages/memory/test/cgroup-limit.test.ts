import { expect, test } from 'vitest';
import { readMemoryLimit } from '../src/index.ts';

const machine = 16 * 2 ** 30;

function limitOf(files: Record<string, string>): { limitBytes: number | undefined; limitOrigin: string } {
  const { limitBytes, limitOrigin } = readMemoryLimit((path) => files[path], machine);
  return { limitBytes, limitOrigin };
}

const none = { limitBytes: undefined, limitOrigin: 'none' };

test('cgroup v2: the tightest limit on the way to the root counts', () => {
  const files = {
    '/proc/self/cgroup': '0::/plant/plateau\n',
    '/sys/fs/cgroup/plant/plateau/memory.max': 'max\n',
    '/sys/fs/cgroup/plant/memory.max': '2147483648\n',
  };
  expect(limitOf(files)).toEqual({ limitBytes: 2 ** 31, limitOrigin: 'cgroup v2' });
});

test('cgroup v2: a looser limit of the group above changes nothing', () => {
  const files = {
    '/proc/self/cgroup': '0::/plant/plateau\n',
    '/sys/fs/cgroup/plant/plateau/memory.max': '1073741824\n',
    '/sys/fs/cgroup/plant/memory.max': '2147483648\n',
  };
  expect(limitOf(files)).toEqual({ limitBytes: 2 ** 30, limitOrigin: 'cgroup v2' });
});

test('cgroup v2 in a container, where its own group is the root', () => {
  const files = { '/proc/self/cgroup': '0::/\n', '/sys/fs/cgroup/memory.max': '536870912\n' };
  expect(limitOf(files)).toEqual({ limitBytes: 2 ** 29, limitOrigin: 'cgroup v2' });
});

test('cgroup v1: the path of the memory controller counts, and not another one', () => {
  const files = {
    '/proc/self/cgroup': '9:cpu,cpuacct:/other\n8:memory:/docker/abc\n0::/\n',
    '/sys/fs/cgroup/memory/docker/abc/memory.limit_in_bytes': '1073741824\n',
    '/sys/fs/cgroup/memory/other/memory.limit_in_bytes': '1\n',
  };
  expect(limitOf(files)).toEqual({ limitBytes: 2 ** 30, limitOrigin: 'cgroup v1' });
});

test('cgroup v1 in a container that sees its group at the root', () => {
  const files = {
    '/proc/self/cgroup': '8:memory:/docker/abc\n',
    '/sys/fs/cgroup/memory/memory.limit_in_bytes': '1073741824\n',
  };
  expect(limitOf(files)).toEqual({ limitBytes: 2 ** 30, limitOrigin: 'cgroup v1' });
});

test.each(['9223372036854771712', '18446744073709552000', 'max', '', 'nonsense'])(
  '%o means no limit',
  (text) => {
    expect(limitOf({ '/proc/self/cgroup': '8:memory:/\n0::/\n', '/sys/fs/cgroup/memory.max': text })).toEqual(
      none,
    );
    const v1 = { '/proc/self/cgroup': '8:memory:/\n', '/sys/fs/cgroup/memory/memory.limit_in_bytes': text };
    expect(limitOf(v1)).toEqual(none);
  },
);

test('a system without cgroups has no limit', () => {
  expect(limitOf({})).toEqual(none);
});

test('this machine answers', () => {
  const { limitBytes, machineBytes } = readMemoryLimit();
  expect(machineBytes).toBeGreaterThan(0);
  expect(limitBytes ?? 0).toBeLessThan(machineBytes);
});
