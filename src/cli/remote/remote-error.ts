/** Why a command that speaks to a running server did not do its work: a sentence that says what to do. */

import { toPlainText } from '../../system/plain-text.ts';

export class RemoteError extends Error {
  override readonly name = 'RemoteError';
  readonly code = 'REMOTE_FAILED';
  /** The HTTP status of the answer; 0 if there was none. */
  readonly status: number;

  /** @param message May quote what a server has said: nothing in it is obeyed by a terminal. */
  constructor(message: string, status = 0, cause?: unknown) {
    super(toPlainText(message), { cause });
    this.status = status;
  }
}
