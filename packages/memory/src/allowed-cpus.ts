/**
 * How many CPUs this process may use at once: those of its affinity, and no more than its control groups give it time for.
 *
 * Node's `availableParallelism()` knows affinity, and quotas of cgroup v2 only: under a quota of one CPU of cgroup v1
 * (`docker run --cpus 1` on many industrial machines) it answered 2. Two threads under such a quota stand still together
 * for half of each period.
 */
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { cgroupRoot, type FileReader, groupFolders, groupPath, readIfThere } from './cgroup-files.ts';

/** @param read Passed in by tests. @param schedulable CPUs that Node sees. @returns At least 1; of a quota its whole CPUs. */
export function readAllowedCpus(
  read: FileReader = readIfThere,
  schedulable: number = availableParallelism(),
): number {
  const v2 = groupPath(read);
  const v1 = groupPath(read, 'cpu');
  const quotas = [
    ...groupFolders(cgroupRoot, v2).map((folder) => quotaOfV2(read, folder)),
    ...groupFolders(join(cgroupRoot, 'unified'), v2).map((folder) => quotaOfV2(read, folder)),
    ...['cpu', 'cpu,cpuacct']
      .flatMap((tree) => groupFolders(join(cgroupRoot, tree), v1))
      .map((folder) => quotaOfV1(read, folder)),
  ];
  return Math.max(1, Math.floor(Math.min(schedulable, ...quotas)));
}

/** `cpu.max` holds quota and period in microseconds, or `max` where there is none. */
function quotaOfV2(read: FileReader, folder: string): number {
  const [quota, period] = (read(join(folder, 'cpu.max')) ?? '').trim().split(' ');
  return share(quota, period);
}

/** A quota of -1 is none. */
function quotaOfV1(read: FileReader, folder: string): number {
  return share(
    read(join(folder, 'cpu.cfs_quota_us'))?.trim(),
    read(join(folder, 'cpu.cfs_period_us'))?.trim(),
  );
}

function share(quota: string | undefined, period: string | undefined): number {
  const isQuota = /^\d+$/.test(quota ?? '') && /^[1-9]\d*$/.test(period ?? '');
  return isQuota ? Number(quota) / Number(period) : Number.POSITIVE_INFINITY;
}
