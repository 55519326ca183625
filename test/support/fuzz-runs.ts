/** How many inputs a fuzz test tries: `base`, times the environment's PLATEAU_FUZZ for long runs outside of CI. */
export function fuzzRuns(base: number): number {
  return base * Number(process.env.PLATEAU_FUZZ ?? 1);
}
