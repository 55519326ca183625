/** A program whose memory is known by line; imported by the line profiler's test with a query, so that it runs anew. */
export const kept: unknown[] = [];

function references(count: number): string[] {
  return new Array<string>(count).fill('eight bytes each');
}

function step(round: number): void {
  kept.push(new Uint8Array(500_000)); // line 9: buffers
  kept.push(references(50_000)); // line 10: calls references, whose own line makes it
  if (round % 2 === 0) {
    kept.push(new Float32Array(25_000)); // line 12: every other round
  }
  switch (round) {
    case 3:
      kept.push(new Float64Array(100_000)); // line 16: once
      break;
    default:
  }
}

export function run(): void {
  for (let round = 0; round < 20; round += 1) step(round);
}

run();
