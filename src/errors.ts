/**
 * The one error type for faults of operation. A caller's own mistake stays a `TypeError` or `RangeError`.
 * Every code stands in `docs/errors.md`; a test holds that.
 */

/** What went wrong, by code. The value is the exit code with which a command ends on it. */
export const exitCodeOf = {
  ERR_NO_VERDICT: 1,
  ERR_USAGE: 2,
  ERR_CONFIG: 2,
  ERR_ZONE_INVALID: 2,
  ERR_CLASS_UNKNOWN: 2,
  ERR_NAMES_MISMATCH: 2,
  ERR_SOURCE_MISSING: 3,
  ERR_SOURCE_UNREADABLE: 3,
  ERR_SOURCE_UNREACHABLE: 3,
  ERR_SOURCE_REFUSED: 3,
  ERR_SOURCE_STALLED: 3,
  ERR_SOURCE_LOST: 3,
  ERR_SOURCE_TRUNCATED: 3,
  ERR_SOURCE_NO_FRAMES: 3,
  ERR_SOURCE_FORMAT: 3,
  ERR_MODEL_MISSING: 3,
  ERR_MODEL_INVALID: 3,
  ERR_MODEL_UNSUPPORTED: 3,
  ERR_DEVICE_UNAVAILABLE: 3,
  ERR_INFERENCE_FAILED: 3,
  ERR_MODEL_VALUES: 3,
  ERR_BUDGET_EXCEEDED: 3,
  ERR_CAP_UNAVAILABLE: 3,
  ERR_SCRIPT_FAILED: 3,
  ERR_OUTPUT_UNWRITABLE: 3,
  ERR_PORT_IN_USE: 2,
  ERR_BUSY: 3,
  ERR_THREAD_DIED: 70,
  ERR_INTERNAL: 70,
} as const;

export type ErrorCode = keyof typeof exitCodeOf;

/** A fault of operation: one sentence saying what is wrong, where, and what to do. */
export class PlateauError extends Error {
  override readonly name = 'PlateauError';
  readonly code: ErrorCode;

  /**
   * @param message One sentence: what is wrong, where (file, key, camera), and the remedy. No secret in it.
   */
  constructor(code: ErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.code = code;
  }

  get exitCode(): number {
    return exitCodeOf[this.code];
  }
}

/** The form in which an error crosses a thread border: structured clone drops `code` from subclasses. */
export interface ErrorMessage {
  readonly code: ErrorCode;
  readonly message: string;
  readonly stack?: string | undefined;
}

export function toErrorMessage(error: unknown): ErrorMessage {
  if (error instanceof PlateauError) return { code: error.code, message: error.message, stack: error.stack };
  const message = error instanceof Error ? error.message : String(error);
  return { code: 'ERR_INTERNAL', message, stack: error instanceof Error ? error.stack : undefined };
}

export function fromErrorMessage(sent: ErrorMessage): PlateauError {
  const error = new PlateauError(sent.code, sent.message);
  if (sent.stack !== undefined) error.stack = sent.stack;
  return error;
}
