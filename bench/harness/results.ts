import { mkdirSync, writeFileSync } from 'node:fs';
import { describeMachine, machineLine } from './machine.ts';

const folder = new URL('../.cache/results/', import.meta.url);

/** Prints a result as Markdown and keeps it as JSON, with the machine beside it. */
export function report(name: string, figures: unknown, markdown: readonly string[]): void {
  const machine = describeMachine();
  console.log(`\n## ${name}\n${machineLine(machine)}\n`);
  for (const part of markdown) console.log(part);
  mkdirSync(folder, { recursive: true });
  writeFileSync(new URL(`${name}.json`, folder), `${JSON.stringify({ name, machine, figures }, null, 1)}\n`);
}
