import { PlateauError } from '../errors.ts';
import type { AuditReport } from '../runtime/audit-report.ts';

/**
 * Asks a monitor that runs elsewhere for an audit.
 *
 * @throws PlateauError ERR_SOURCE_UNREACHABLE where none answers, ERR_BUSY where it cannot be audited now.
 */
export async function askMonitor(url: string, signal: AbortSignal): Promise<AuditReport> {
  let answer: Response;
  let body: unknown;
  try {
    answer = await fetch(new URL('api/audit', url.endsWith('/') ? url : `${url}/`), {
      method: 'POST',
      signal,
    });
    body = await answer.json();
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    throw noMonitor(url, 'nothing there answers as one', error);
  }
  if (isAuditReport(body)) return body;
  const refusal = isRecord(body) && typeof body.error === 'string' ? body.error : undefined;
  if (answer.status === 503 && refusal !== undefined)
    throw new PlateauError(
      'ERR_BUSY',
      `The monitor at ${url} cannot be audited now: ${refusal.replace(/[;.].*$/s, '')}; try again in a minute.`,
    );
  throw noMonitor(url, `what answers there with ${answer.status} is none`);
}

function noMonitor(url: string, why: string, cause?: unknown): PlateauError {
  return new PlateauError(
    'ERR_SOURCE_UNREACHABLE',
    `There is no monitor at ${url} (${why}); start one with plateau start, or leave --url out for a run of its own.`,
    { cause },
  );
}

/** Whether it is what an audit answers, as far as it is printed. */
function isAuditReport(body: unknown): body is AuditReport {
  return (
    isRecord(body) &&
    body.schema === 'plateau.audit/1' &&
    [body.passed, body.failed, body.unknown].every((count) => typeof count === 'number') &&
    Array.isArray(body.items) &&
    body.items.every(isAuditItem)
  );
}

function isAuditItem(item: unknown): boolean {
  return isRecord(item) && [item.title, item.status, item.evidence].every((text) => typeof text === 'string');
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
