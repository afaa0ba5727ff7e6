/** How the platform's parts reach its objects, and how they tell of those that cannot be reached. */

import type { Caller } from '../../tars/calls/caller.ts';

/** Makes what carries calls to an object, by its name or by its name with endpoints (`name@tcp -h … -p …`). */
export type PlatformCaller = (object: string) => Caller;

/** The log, as far as the platform's parts need it; a pino logger is one. */
export interface PlatformLog {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

/** How long the platform may take to answer, in milliseconds. Nothing of the chat waits for it. */
export const PLATFORM_DEADLINE_MS = 3_000;

/** Tells the log when an object stops answering and when it answers again, and nothing in between. */
export interface Reachability {
  answered(): void;
  failed(error: unknown): void;
}

export function watchReachability(log: PlatformLog, object: string): Reachability {
  let isFailing = false;
  return {
    answered() {
      if (isFailing) log.info({ object }, 'an object of the TARS platform answers again');
      isFailing = false;
    },
    failed(err) {
      if (!isFailing) log.warn({ object, err }, 'an object of the TARS platform does not answer');
      isFailing = true;
    },
  };
}
