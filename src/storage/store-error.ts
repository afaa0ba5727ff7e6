/** The error of a store whose surroundings fail it: the disk, the directory, another process. It knows no rooms. */

import { getSystemErrorMap } from 'node:util';

/**
 * A store could not do its work now; the same call may succeed later.
 *
 * `code` is the system's (`ENOSPC`, `EROFS`, `EACCES`, …), `ELOCKED` when another server uses the same
 * data, or `ECLOSED` after `close`. `cause` is the error of the system, where there is one.
 */
export class StoreError extends Error {
  readonly code: string;
  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** Node.js makes a new map of all errors for each call. */
let systemErrors: ReturnType<typeof getSystemErrorMap> | undefined;

/** Runs one step on the file system; when the system refuses it, the step and the path are told by a {@link StoreError}. */
export async function attempt<T>(operation: string, path: string, step: () => Promise<T>): Promise<T> {
  try {
    return await step();
  } catch (error) {
    if (!isSystemError(error)) throw error;
    systemErrors ??= getSystemErrorMap();
    const text = systemErrors.get(error.errno)?.[1] ?? error.message;
    throw new StoreError(error.code, `cannot ${operation} ${path}: ${text} (${error.code})`, {
      cause: error,
    });
  }
}

/** An error with the number of the system's refusal; errors of wrong arguments have a code as well, but are bugs. */
export function isSystemError(error: unknown): error is Error & { code: string; errno: number } {
  return error instanceof Error && 'errno' in error && typeof error.errno === 'number' && 'code' in error;
}
