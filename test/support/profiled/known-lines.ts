/** A script without a stage whose memory by line is known; profiled by the command's test. */
const kept: unknown[] = [];

function references(count: number): string[] {
  return new Array<string>(count).fill('eight bytes each');
}

for (let round = 0; round < 20; round += 1) {
  kept.push(new Uint8Array(500_000));
  kept.push(references(50_000));
}
process.on('exit', () => kept.length);

export {};
