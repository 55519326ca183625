/** The command line: one file a command, this one only puts them together. */
import { Command, CommanderError } from 'commander';
import { PlateauError } from '../errors.ts';
import { analyzeCommand } from './analyze.ts';
import { doctorCommand } from './doctor.ts';
import { reportFailure } from './report-failure.ts';
import { soakCommand } from './soak.ts';
import { startCommand } from './start.ts';
import { version } from './version.ts';

const program = new Command('plateau')
  .description(
    'Watches video around the clock and proves that it does not leak. With an alarm when a chute is blocked by coal.',
  )
  .version(version)
  .configureHelp({ showGlobalOptions: true })
  .option('--debug', 'print the stack of an error')
  .exitOverride()
  .configureOutput({ outputError: () => undefined });

for (const command of [startCommand(), analyzeCommand(), doctorCommand(), soakCommand()]) {
  // Subcommands do not inherit these two: a wrong flag must end in one sentence and exit code 2 everywhere.
  command.exitOverride().configureOutput({ outputError: () => undefined });
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
      ? 'Say what to do'
      : error.message.replace(/^error: /, '').replace(/\.$/, '');
  return reportFailure(
    new PlateauError('ERR_USAGE', `${help}; plateau --help shows the commands and examples.`),
    debug,
  );
}
