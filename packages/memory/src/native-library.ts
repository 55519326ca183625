/** Functions of native libraries through koffi, which is an optional peer: without it the answer is "not to be had". */

/** As much of koffi as is used here. */
export interface Koffi {
  load(library: string): { func(prototype: string): (...args: unknown[]) => unknown };
}

let koffi: Koffi | null | undefined;

/** koffi, loaded at the first call. @returns `undefined` where it is not installed or does not fit this platform. */
export async function loadKoffi(): Promise<Koffi | undefined> {
  if (koffi === undefined) {
    const name = 'koffi';
    try {
      const module = (await import(name)) as { default: Koffi };
      koffi = module.default;
    } catch (error) {
      // Not installed, or built for another platform: both mean to go without, and neither is a defect.
      if (!(error instanceof Error)) throw error;
      koffi = null;
    }
  }
  return koffi ?? undefined;
}
