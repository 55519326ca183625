/** The command line: one file a command, this one only puts them together. */
import { Command, CommanderError } from 'commander';
import { PlateauError } from '../errors.ts';
import { reportFailure } from './report-failure.ts';
import { surviveClosedPipe } from './survive-closed-pipe.ts';
import { version } from './version.ts';

/** Each command by its name. Only the one that runs is loaded: what the others need would stay resident. */
const commands: Readonly<Record<string, () => Promise<Command>>> = {
  start: async () => (await import('./start.ts')).startCommand(),
  analyze: async () => (await import('./analyze.ts')).analyzeCommand(),
  doctor: async () => (await import('./doctor.ts')).doctorCommand(),
  audit: async () => (await import('./audit.ts')).auditCommand(),
  soak: async () => (await import('./soak.ts')).soakCommand(),
  profile: async () => (await import('./profile.ts')).profileCommand(),
  bench: async () => (await import('./bench.ts')).benchCommand(),
};

/** What is wrong is said once, in one sentence, by `reportFailure`; the parser would print its help ahead of it. */
const silentErrors = { outputError: () => undefined, writeErr: () => undefined };

surviveClosedPipe();

const program = new Command('plateau')
  .description(
    'Watches video around the clock and proves that it does not leak. With an alarm when a chute is blocked by coal.',
  )
  .version(version)
  .configureHelp({ showGlobalOptions: true })
  .option('--debug', 'print the stack of an error')
  .exitOverride()
  .configureOutput(silentErrors);

const named = process.argv.slice(2).find((word) => Object.hasOwn(commands, word));
const loaded = named === undefined ? Object.values(commands) : [commands[named]];
for (const command of await Promise.all(loaded.map((load) => load()))) {
  // Subcommands do not inherit these two: a wrong flag must end in one sentence and exit code 2 everywhere.
  command.exitOverride().configureOutput(silentErrors);
  program.addCommand(command);
}

try {
  await program.parseAsync();
} catch (error) {
  process.exitCode = failureCode(error);
}

function failureCode(error: unknown): number {
  const debug = program.opts<{ debug?: boolean }>().debug === true;
  if (!(error instanceof CommanderError)) return reportFailure(error, debug);
  if (error.exitCode === 0) return 0;
  const help =
    error.code === 'commander.help'
      ? 'No command was given'
      : error.message
          .replace(/^error: /, '')
          .replace(/\s*\n\s*/g, ' ')
          .replace(/\.$/, '');
  return reportFailure(
    new PlateauError('ERR_USAGE', `${help}; plateau --help shows the commands and examples.`),
    debug,
  );
}
