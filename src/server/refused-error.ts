/** The error of a library call that was refused. */

import { ERRORS, type ErrorName, type Refusal } from '../protocol/errors.ts';

/** The server did not do what was asked; `code` is a name of the error table, `temporary` says whether to try again. */
export class RefusedError extends Error {
  readonly code: ErrorName;
  readonly temporary: boolean;
  /** `message` if the message itself is refused, whatever its room is. */
  readonly subject: Refusal['subject'];
  constructor({ error, message, subject }: Refusal) {
    super(message);
    this.name = 'RefusedError';
    this.code = error;
    this.temporary = ERRORS[error].temporary;
    this.subject = subject;
  }
}
