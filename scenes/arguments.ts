import { parseArgs } from 'node:util';

/** A command's whole numbers and words by name, with their defaults; unknown ones end it with the help text. */
export function readArguments<T extends Record<string, string>>(defaults: T, help: string): T {
  const options = Object.fromEntries(
    Object.keys(defaults).map((name) => [name, { type: 'string' as const }]),
  );
  try {
    const { values } = parseArgs({ options: { ...options, help: { type: 'boolean' } }, strict: true });
    if (values.help === true) {
      process.stdout.write(help);
      process.exit(0);
    }
    return { ...defaults, ...values };
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n\n${help}`);
    process.exit(2);
  }
}
