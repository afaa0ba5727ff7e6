/** The error of a store for failures of the disk, the directory, or another process. */

import { getSystemErrorMap } from 'node:util';

/**
 * A store could not do its work now; the same call may succeed later.
 *
 * `code` is that of the system (`ENOSPC`, `EROFS`, `EACCES`, …), `ELOCKED` if another server uses the same data, or
 * `ECLOSED` after `close`. `cause` is the error of the system, if there is one.
 */
export class StoreError extends Error {
  readonly code: string;
  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** Kept, because Node.js makes a new map of all errors for each call. */
let systemErrors: ReturnType<typeof getSystemErrorMap> | undefined;

/** Runs one step on the file system. If the system refuses it, the {@link StoreError} names the step and the path. */
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

/** Whether an error comes from the operating system. Errors of wrong arguments have a code too, but are bugs. */
export function isSystemError(error: unknown): error is Error & { code: string; errno: number } {
  return error instanceof Error && 'errno' in error && typeof error.errno === 'number' && 'code' in error;
}
