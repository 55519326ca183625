import { Command } from 'commander';
import { PlateauError } from '../errors.ts';
import type { AuditReport } from '../runtime/audit-report.ts';
import { Monitor } from '../runtime/monitor.ts';
import { ProgressLine } from './progress-line.ts';
import { addModelOptions, type ModelOptions, modelSettings } from './shared-options.ts';
import { shippedFile } from './shipped-files.ts';
import { writeReport } from './write-report.ts';

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
  const report = options.url === undefined ? await ownRun(options) : await askMonitor(options.url);
  if (options.report !== undefined) writeReport(options.report, report);
  if (options.json === true) process.stdout.write(`${JSON.stringify(report, null, 1)}\n`);
  else process.stdout.write(`${summary(report).join('\n')}\n`);
  process.exitCode = report.failed > 0 ? 1 : 0;
}

async function ownRun(options: ModelOptions): Promise<AuditReport> {
  using line = new ProgressLine();
  let failure: PlateauError | undefined;
  await using monitor = await Monitor.start(modelSettings(options), [], {
    onEvent: () => undefined,
    onCameraState: () => undefined,
    onFailure: (error) => {
      failure = error;
    },
  });
  const recording = shippedFile('demo/lumps.mp4');
  const report = await monitor.audit(recording, pictures, (done) =>
    line.update('audit', done, done / pictures),
  );
  if (failure !== undefined) throw failure;
  return report;
}

async function askMonitor(url: string): Promise<AuditReport> {
  try {
    const answer = await fetch(new URL('api/audit', url.endsWith('/') ? url : `${url}/`), { method: 'POST' });
    const body = (await answer.json()) as AuditReport | { error: string };
    if ('error' in body) throw new PlateauError('ERR_BUSY', body.error);
    return body;
  } catch (error) {
    if (error instanceof PlateauError) throw error;
    throw new PlateauError(
      'ERR_SOURCE_UNREACHABLE',
      `There is no monitor at ${url}; start one with plateau start, or leave --url out for a run of its own.`,
      { cause: error },
    );
  }
}

function summary({ items, passed, failed, unknown }: AuditReport): string[] {
  const lines = items.flatMap(({ title, status, evidence }) => [
    `${signs[status]} ${title}`,
    `    ${evidence}`,
  ]);
  return [...lines, `${passed} passed, ${failed} failed, ${unknown} unknown`];
}
