import { Command } from 'commander';
import { PlateauError } from '../errors.ts';
import type { AuditReport } from '../runtime/audit-report.ts';
import { Monitor } from '../runtime/monitor.ts';
import type { ModelSettings } from '../runtime/settings.ts';
import { askMonitor } from './ask-monitor.ts';
import { ProgressLine } from './progress-line.ts';
import { refuseOwnInput } from './refuse-own-input.ts';
import { addModelOptions, type ModelOptions, modelSettings } from './shared-options.ts';
import { shippedFile } from './shipped-files.ts';
import { StopSignal } from './stop-signal.ts';
import { refuseUnwritable, writeReport } from './write-report.ts';

interface AuditOptions extends ModelOptions {
  readonly url?: string;
  readonly report?: string;
  readonly json?: boolean;
}

const examples = `
Examples:
  plateau audit                                  a short run of its own
  plateau audit --url http://127.0.0.1:8080      the monitor that runs there
  plateau audit --json --report audit.json`;

const signs = { pass: '✓', fail: '✗', unknown: '?' } as const;

/** What a run of its own analyses. */
const recording = shippedFile('demo/lumps.mp4');

/** Pictures of a run of its own: enough for the periodic cleaning to come round. */
const pictures = 3300;

export function auditCommand(): Command {
  return addModelOptions(new Command('audit'))
    .description('the ten-item memory checklist, measured on a running monitor or in a short run of its own')
    .option('--url <url>', 'page of a running monitor')
    .option('--report <file.json>', 'report to write')
    .option('--json', 'print the report as JSON')
    .addHelpText('after', examples)
    .action(auditAction);
}

async function auditAction(options: AuditOptions): Promise<void> {
  const model = modelSettings(options);
  if (options.report !== undefined) {
    refuseOwnInput(options.url === undefined ? [model.file, recording] : [], [['--report', options.report]]);
    refuseUnwritable(options.report);
  }
  using stop = new StopSignal();
  const end = new AbortController();
  stop.signal.addEventListener('abort', () => end.abort(stoppedEarly()));
  const report =
    options.url === undefined ? await ownRun(model, end) : await askMonitor(options.url, end.signal);
  if (options.json === true) process.stdout.write(`${JSON.stringify(report, null, 1)}\n`);
  else process.stdout.write(`${summary(report).join('\n')}\n`);
  process.exitCode = report.failed > 0 ? 1 : 0;
  // Last: a report that cannot be written does not take what was found along.
  if (options.report !== undefined) writeReport(options.report, report);
}

async function ownRun(model: ModelSettings, end: AbortController): Promise<AuditReport> {
  using line = new ProgressLine();
  await using monitor = await Monitor.start(model, [], {
    onEvent: () => undefined,
    onCameraState: () => undefined,
    onFailure: (error) => end.abort(error),
  });
  const onProgress = (done: number): void => line.update('audit', done, done / pictures);
  const report = await monitor.audit(recording, pictures, onProgress, end.signal);
  end.signal.throwIfAborted();
  return report;
}

function stoppedEarly(): PlateauError {
  return new PlateauError(
    'ERR_NO_VERDICT',
    'The audit was stopped before its end; there is no verdict; let it run to its end.',
  );
}

function summary({ items, passed, failed, unknown }: AuditReport): string[] {
  const lines = items.flatMap(({ title, status, evidence }) => [
    `${signs[status]} ${title}`,
    `    ${evidence}`,
  ]);
  return [...lines, `${passed} passed, ${failed} failed, ${unknown} unknown`];
}
