#!/usr/bin/env node
// The command's first step, in JavaScript that any Node can read: it finds a Node that is new enough, sets what
// must be set before a process starts, and hands over to the program.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const needed = 24;
const found = Number(process.versions.node.split('.')[0]);
const program = fileURLToPath(new URL('../dist/cli/plateau.js', import.meta.url));
const packagedNode = fileURLToPath(new URL('../node_modules/node/bin/node', import.meta.url));

// glibc reads its arenas' limit and libuv the size of its pool when the process starts. Two arenas keep the heaps
// of short-lived threads from adding up; 32 pool threads keep six hung cameras from stopping every file read.
// ONNX Runtime would report to its maker.
const environment = {
  ORT_DISABLE_TELEMETRY: '1',
  MALLOC_ARENA_MAX: '2',
  UV_THREADPOOL_SIZE: '32',
  ...process.env,
};
// Each thread's young generation would grow to 16 MB; what is allocated here is small and short-lived.
const flags = ['--max-semi-space-size=1'];
const launched =
  process.env.MALLOC_ARENA_MAX !== undefined &&
  process.env.UV_THREADPOOL_SIZE !== undefined &&
  flags.every((flag) => process.execArgv.includes(flag));

if (found < needed) {
  if (!existsSync(packagedNode)) {
    process.stderr.write(
      `plateau needs Node ${needed} or newer and found ${process.versions.node}: install Node ${needed} from nodejs.org and run the command again.\n`,
    );
    process.exit(2);
  }
  process.stderr.write(
    `plateau needs Node ${needed} or newer and found ${process.versions.node}: it goes on with the Node of its own node_modules.\n`,
  );
  const child = spawn(packagedNode, [fileURLToPath(import.meta.url), ...process.argv.slice(2)], {
    stdio: 'inherit',
  });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('exit', (code, signal) => process.exit(code ?? (signal === null ? 70 : 128)));
} else if (!launched && process.execve !== undefined && process.platform !== 'win32') {
  const self = fileURLToPath(import.meta.url);
  process.execve(
    process.execPath,
    [process.execPath, ...flags, ...process.execArgv, self, ...process.argv.slice(2)],
    environment,
  );
} else {
  await import(program);
}
