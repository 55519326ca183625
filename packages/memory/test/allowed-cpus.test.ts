import { availableParallelism } from 'node:os';
import { expect, test } from 'vitest';
import { readAllowedCpus } from '../src/index.ts';

function allowed(files: Record<string, string>, schedulable = 8): number {
  return readAllowedCpus((path) => files[path], schedulable);
}

test('without a quota those of the affinity count', () => {
  expect(allowed({})).toBe(8);
  expect(allowed({ '/proc/self/cgroup': '0::/a\n', '/sys/fs/cgroup/a/cpu.max': 'max 100000\n' })).toBe(8);
  const v1 = {
    '/proc/self/cgroup': '1:cpu:/a\n',
    '/sys/fs/cgroup/cpu/a/cpu.cfs_quota_us': '-1\n',
    '/sys/fs/cgroup/cpu/a/cpu.cfs_period_us': '100000\n',
  };
  expect(allowed(v1)).toBe(8);
});

test('cgroup v2: the tightest quota on the way to the root counts, in whole CPUs', () => {
  const files = {
    '/proc/self/cgroup': '0::/plant/plateau\n',
    '/sys/fs/cgroup/plant/plateau/cpu.max': '500000 100000\n',
    '/sys/fs/cgroup/plant/cpu.max': '250000 100000\n',
  };
  expect(allowed(files)).toBe(2);
  expect(allowed(files, 1)).toBe(1);
});

test.each(['cpu', 'cpu,cpuacct'])('cgroup v1: the quota of the controller in the tree %s counts', (tree) => {
  const files = {
    '/proc/self/cgroup': '4:memory:/other\n3:cpu,cpuacct:/docker/abc\n0::/\n',
    [`/sys/fs/cgroup/${tree}/docker/abc/cpu.cfs_quota_us`]: '100000\n',
    [`/sys/fs/cgroup/${tree}/docker/abc/cpu.cfs_period_us`]: '100000\n',
  };
  expect(allowed(files)).toBe(1);
});

test('cgroup v1 in a container that sees its group at the root', () => {
  const files = {
    '/proc/self/cgroup': '3:cpu:/docker/abc\n',
    '/sys/fs/cgroup/cpu/cpu.cfs_quota_us': '300000\n',
    '/sys/fs/cgroup/cpu/cpu.cfs_period_us': '100000\n',
  };
  expect(allowed(files)).toBe(3);
});

test('half a CPU is one thread', () => {
  expect(allowed({ '/sys/fs/cgroup/cpu.max': '50000 100000\n' })).toBe(1);
});

test.each(['', 'nonsense', '100000', '100000 0', '-5 100000'])('%o is no quota', (text) => {
  expect(allowed({ '/sys/fs/cgroup/cpu.max': text })).toBe(8);
});

test('this machine answers', () => {
  expect(readAllowedCpus()).toBeGreaterThanOrEqual(1);
  expect(readAllowedCpus()).toBeLessThanOrEqual(availableParallelism());
});
