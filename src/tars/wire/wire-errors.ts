/** What goes wrong between values and bytes: values that cannot be sent, and bytes that are no message. */

/** A step into a value on the way to what is wrong with it: `.name`, `[3]`. */
type Step = string;

/**
 * A value does not fit its type: wrong kind, out of range, missing. Nothing was sent.
 * `path` names the place in the value, as in `Chat.Message.tags[3]`.
 */
export class TarsEncodeError extends TypeError {
  readonly code = 'TARS_ENCODE';
  override readonly name = 'TarsEncodeError';
  readonly path: string;
  readonly problem: string;
  constructor(problem: string, path = '') {
    super(toMessage(problem, path));
    this.problem = problem;
    this.path = path;
  }

  /** The same error, seen from one step further out. */
  within(step: Step): TarsEncodeError {
    return new TarsEncodeError(this.problem, step + this.path);
  }
}

/**
 * Bytes are not what they should be: cut short, of another type, nested too deep, or larger than they say.
 * `path` names the field that was being read.
 */
export class TarsDecodeError extends Error {
  readonly code = 'TARS_DECODE';
  override readonly name = 'TarsDecodeError';
  readonly path: string;
  readonly problem: string;
  constructor(problem: string, path = '') {
    super(toMessage(problem, path));
    this.problem = problem;
    this.path = path;
  }

  /** The same error, seen from one step further out. */
  within(step: Step): TarsDecodeError {
    return new TarsDecodeError(this.problem, step + this.path);
  }
}

/** What to throw on for an error met at `step` of a value: ours with the step in its path, any other as it is. */
export function locate(error: unknown, step: Step): unknown {
  return error instanceof TarsEncodeError || error instanceof TarsDecodeError ? error.within(step) : error;
}

function toMessage(problem: string, path: string): string {
  return path === '' ? problem : `${path}: ${problem}`;
}
