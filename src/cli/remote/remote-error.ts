/** Why a command that speaks to a running server did not do its work: a sentence that says what to do. */

export class RemoteError extends Error {
  override readonly name = 'RemoteError';
  readonly code = 'REMOTE_FAILED';
  /** The HTTP status of the answer; 0 if there was none. */
  readonly status: number;

  constructor(message: string, status = 0, cause?: unknown) {
    super(message, { cause });
    this.status = status;
  }
}
