/** The error of a library call that was refused. */

import { ERRORS, type ErrorName, type Refusal } from '../protocol/errors.ts';

/** The server did not do what was asked; `code` is a name of the error table, `temporary` says whether to try again. */
export class RefusedError extends Error {
  readonly code: ErrorName;
  readonly temporary: boolean;
  constructor({ error, message }: Refusal) {
    super(message);
    this.name = 'RefusedError';
    this.code = error;
    this.temporary = ERRORS[error].temporary;
  }
}
