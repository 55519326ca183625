/** One line about memory, and the same as fields for a structured log: the document's `log_cpu_memory()` and `log_gpu_memory()`. */
import type { GpuMemory, MemorySample } from './memory-monitor.ts';

/** Takes what is logged: `pino.info`, or `(fields, line) => console.log(line)`. */
export type MemoryLogSink = (
  fields: Readonly<Record<string, number | string | undefined>>,
  line: string,
) => void;

/** Bytes as megabytes (10^6) for people: `187.3 MB`. */
export function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}

/** RSS and what it is made of. */
export function logCpuMemory(sample: MemorySample, log: MemoryLogSink): void {
  const { rssBytes, heapUsedBytes, heapTotalBytes, arrayBufferBytes, sharedBytes, unaccountedBytes } = sample;
  const { externalBytes, ledgerBytes, liveResources, limitBytes, limitOrigin } = sample;
  const limit = limitBytes === undefined ? '' : ` of ${megabytes(limitBytes)} (${limitOrigin})`;
  log(
    {
      rssBytes,
      heapUsedBytes,
      heapTotalBytes,
      externalBytes,
      arrayBufferBytes,
      sharedBytes,
      ledgerBytes,
      liveResources,
      unaccountedBytes,
      limitBytes,
      limitOrigin,
    },
    `CPU: ${megabytes(rssBytes)}${limit}: heap ${megabytes(heapTotalBytes)}, buffers ${megabytes(arrayBufferBytes)}, ` +
      `unaccounted ${megabytes(unaccountedBytes)}, ${liveResources} live resources`,
  );
}

/** A line for each GPU; one that says so where there is none. */
export function logGpuMemory(gpus: readonly GpuMemory[], log: MemoryLogSink): void {
  if (gpus.length === 0) log({ gpus: 0 }, 'GPU: none');
  for (const [index, { name, totalBytes, usedBytes, reservedBytes, usedByUsBytes }] of gpus.entries()) {
    const ours = usedByUsBytes === undefined ? '' : `, ${megabytes(usedByUsBytes)} by us`;
    log(
      { gpu: index, name, totalBytes, usedBytes, reservedBytes, usedByUsBytes },
      `GPU ${index} (${name}): ${megabytes(usedBytes)} used${ours}, ${megabytes(reservedBytes)} reserved, ` +
        `of ${megabytes(totalBytes)}`,
    );
  }
}
