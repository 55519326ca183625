/**
 * Runs every contender once per round, and the next round in the opposite order, so that neither the machine's drift
 * nor whoever warmed the cache before favours one of them.
 *
 * @param rounds Pairs to take; medians want an odd number.
 * @returns Each contender's measurements, one a round, in the order of the rounds.
 */
export async function alternate<Name extends string, Measured>(
  contenders: Readonly<Record<Name, () => Promise<Measured>>>,
  rounds: number,
): Promise<Record<Name, Measured[]>> {
  const names = Object.keys(contenders) as Name[];
  const measured = Object.fromEntries(names.map((name) => [name, [] as Measured[]])) as Record<
    Name,
    Measured[]
  >;
  for (let round = 0; round < rounds; round += 1) {
    const order = round % 2 === 0 ? names : names.toReversed();
    for (const name of order) measured[name].push(await contenders[name]());
  }
  return measured;
}
