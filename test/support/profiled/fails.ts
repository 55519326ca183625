/** A script that fails in the way that its argument names. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type ProfileOrder, profileVariable, stage } from '@plateau/memory';

const kept: unknown[] = [];
{
  using _stage = stage('before');
  kept.push(new Uint8Array(3_000_000));
}
if (process.argv[2] === 'throw') throw new RangeError('the belt\nis empty.');
if (process.argv[2] === 'secret') throw new Error(`${process.argv[3]} is down`);
if (process.argv[2] === 'kill at once') process.kill(process.pid, 'SIGKILL');
if (process.argv[2] === 'exit') process.exit(7);
// What was found must have been written down before the end comes.
const { folder } = JSON.parse(process.env[profileVariable] ?? '') as ProfileOrder;
const written = (): string => readFileSync(join(folder, '0.json'), { encoding: 'utf8', flag: 'a+' });
while (!written().includes('main/before')) await new Promise((resolve) => setTimeout(resolve, 100));
if (process.argv[2] === 'kill') process.kill(process.pid, 'SIGKILL');
console.log('waiting', kept.length);
setInterval(() => undefined, 1000);
