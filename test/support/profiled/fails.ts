/** A script that fails in the way that its argument names. */
import { stage } from '@plateau/memory';

const kept: unknown[] = [];
{
  using _stage = stage('before');
  kept.push(new Uint8Array(3_000_000));
}
if (process.argv[2] === 'throw') throw new RangeError('the belt\nis empty.');
if (process.argv[2] === 'exit') process.exit(7);
// Longer than the profile's interval, so that what was found is written down before the end comes.
await new Promise((resolve) => setTimeout(resolve, 1500));
if (process.argv[2] === 'kill') process.kill(process.pid, 'SIGKILL');
console.log('waiting', kept.length);
setInterval(() => undefined, 1000);
