#!/usr/bin/env node
import { main } from '../dist/ownership/main.js';

// biome-ignore lint/suspicious/noConsole: a command prints.
process.exitCode = await main(process.argv.slice(2), (line) => console.log(line));
