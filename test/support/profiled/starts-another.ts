/** Starts a program that holds the output and would go on for a minute, and waits for it. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';

const another = spawn(process.execPath, ['-e', 'setTimeout(() => undefined, 60_000)'], { stdio: 'inherit' });
await once(another, 'spawn');
console.log('another');
await once(another, 'exit');
