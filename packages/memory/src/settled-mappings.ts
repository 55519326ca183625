/** Which parts of the address space hold bytes of a file that nothing will write to any more. Reads Linux's `/proc/self/maps`. */

export interface Mapping {
  readonly start: bigint;
  readonly byteLength: number;
  /** The line as the system tells it, which stays the same as long as the mapping does. */
  readonly line: string;
}

interface Line extends Mapping {
  readonly offset: bigint;
  readonly permissions: string;
  readonly file: string;
}

/**
 * The read-only private mappings of loaded programs and libraries that their loading is done with.
 *
 * A loader maps a whole library read-only first and then puts one segment after the other over it, the written ones
 * last: what is read-only now may hold its variables a moment later, on another thread. So only what lies ahead of a
 * writable mapping of the same copy of its file is settled: segments are put in ascending order (ELF, glibc's
 * `_dl_map_segments`). Plain files in memory have no such mapping and are left alone.
 */
export function settledMappings(maps: string): Mapping[] {
  const found: Mapping[] = [];
  /** The mapping above the present one, where all that lies ahead of it is settled. */
  let above: Line | undefined;
  for (const line of maps.split('\n').map(parse).reverse()) {
    // Offsets ascend within a copy; another copy of the file begins again.
    const isAhead: boolean =
      line !== undefined && above !== undefined && line.file === above.file && line.offset < above.offset;
    if (isAhead && line !== undefined && /^r-.p$/.test(line.permissions)) found.push(line);
    above = isAhead || line?.permissions[1] === 'w' ? line : undefined;
  }
  return found;
}

/** A mapping of a file; `undefined` for all other lines. */
function parse(line: string): Line | undefined {
  const [, from, to, permissions, offset, file] =
    /^([0-9a-f]+)-([0-9a-f]+) (\S{4}) ([0-9a-f]+) \S+ \d+\s+(\/.*)$/.exec(line) ?? [];
  if (file === undefined) return undefined;
  const start = BigInt(`0x${from}`);
  const byteLength = Number(BigInt(`0x${to}`) - start);
  return { start, byteLength, offset: BigInt(`0x${offset}`), permissions: permissions!, file, line };
}
