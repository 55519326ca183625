import { readdirSync, readlinkSync } from 'node:fs';

const folder = '/proc/self/fd';

/**
 * Open files of the process, from the operating system; `undefined` where it does not tell. Without sockets and pipes:
 * those come and go with cameras and with whoever looks at the page.
 */
export function openFiles(): number | undefined {
  if (process.platform !== 'linux') return undefined;
  return readdirSync(folder).filter((descriptor) => targetOf(descriptor)?.startsWith('/')).length;
}

function targetOf(descriptor: string): string | undefined {
  try {
    return readlinkSync(`${folder}/${descriptor}`);
  } catch (error) {
    // Closed meanwhile, as the folder itself is once it has been read.
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
