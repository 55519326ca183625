/** A script whose memory by stage is known; profiled by the command's test. Its arguments come back on standard output. */
import { BufferPool, stage, staged } from '@plateau/memory';

const rounds = 10;
const kept: unknown[] = [];
using pool = new BufferPool();

console.log(JSON.stringify(process.argv.slice(2)));
for (let round = 0; round < rounds; round += 1) {
  using _frame = stage('frame');
  {
    using _stage = stage('decode');
    kept.push(new Uint8Array(500_000), new Float32Array(25_000));
  }
  staged('rows', () => kept.push(new Array<number>(125_000).fill(1)));
  await staged('lease', async () => {
    // A pause of its own: what is asynchronous counts until it is settled.
    await new Promise((resolve) => setTimeout(resolve, 1));
    using _lease = pool.lease('uint8', 2 ** 20);
  });
}
globalThis.process.on('exit', () => kept.length);
