/**
 * The errors of the memory core. A caller's mistake in arguments stays a `TypeError` or `RangeError`; the classes
 * here tell of a resource that is used in a way its owner has already ended, or of a budget that is spent.
 * Each has a stable `code`, since `instanceof` does not survive the border between two threads.
 */

/** Stable codes, safe to compare in programs and to print in logs. */
export type MemoryErrorCode =
  | 'ERR_USE_AFTER_DISPOSE'
  | 'ERR_DOUBLE_RETURN'
  | 'ERR_STALE_LEASE'
  | 'ERR_BUDGET_EXCEEDED'
  | 'ERR_READER_EVICTED'
  | 'ERR_RING_BUSY'
  | 'ERR_RING_CLOSED';

/** What all errors of this package have in common: a code, and a sentence that says what to do. */
export class MemoryError extends Error {
  override readonly name: string = 'MemoryError';
  readonly code: MemoryErrorCode;

  constructor(code: MemoryErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** Something disposable was used after its owner had disposed of it. Always a defect of the caller. */
export class UseAfterDisposeError extends MemoryError {
  override readonly name = 'UseAfterDisposeError';

  /** @param what What was used, with its index or name: `slot 2 of ring "belt-1"`. */
  constructor(what: string) {
    super('ERR_USE_AFTER_DISPOSE', `${what} was used after it had been disposed of: take a new one`);
  }
}

/** A lease was given back twice although it had passed to somebody else in between, or by hand and by scope. */
export class DoubleReturnError extends MemoryError {
  override readonly name = 'DoubleReturnError';

  constructor(what: string) {
    super('ERR_DOUBLE_RETURN', `${what} was given back a second time: exactly one owner returns it`);
  }
}

/** A lease of an earlier generation was used: the bytes behind it belong to another holder by now. */
export class StaleLeaseError extends MemoryError {
  override readonly name = 'StaleLeaseError';

  constructor(what: string) {
    super('ERR_STALE_LEASE', `${what} belongs to another holder by now: keep no lease beyond its return`);
  }
}

/** An allocation was refused before it was made, since it would have passed the budget. */
export class BudgetExceededError extends MemoryError {
  override readonly name = 'BudgetExceededError';
  /** Bytes that were asked for, that the budget allows, and that were in use at that moment. */
  readonly requestedBytes: number;
  readonly budgetBytes: number;
  readonly usedBytes: number;

  /** @param budget What the budget is of: `slabs`, `camera "belt-1"`. */
  constructor(budget: string, requestedBytes: number, budgetBytes: number, usedBytes: number, hint = '') {
    super(
      'ERR_BUDGET_EXCEEDED',
      `the memory budget of ${budget} is spent: ${requestedBytes} bytes asked for, ${usedBytes} of ${budgetBytes} in use` +
        `${hint === '' ? '' : ` (${hint})`}: raise the budget or use fewer or smaller buffers`,
    );
    this.requestedBytes = requestedBytes;
    this.budgetBytes = budgetBytes;
    this.usedBytes = usedBytes;
  }
}
