/** Calls of the objects of a TARS platform, and the log of those that do not answer. */

import type { TarsConf } from '../../config/tars-conf/tars-conf.ts';
import type { Clock } from '../../system/clock.ts';
import type { Caller } from '../../tars/calls/caller.ts';

/** Makes a caller of an object, given by its name or its name with endpoints (`name@tcp -h … -p …`). */
export type PlatformCaller = (object: string) => Caller;

/** The part of a logger that is needed here; a pino logger has it. */
export interface PlatformLog {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

/** What each part needs that calls an object of the platform. */
export interface PartOptions {
  readonly conf: TarsConf;
  /** The object that the part calls. */
  readonly object: string;
  readonly caller: PlatformCaller;
  readonly clock: Clock;
  readonly log: PlatformLog;
}

/** The deadline of a call of the platform, in milliseconds. Clients never wait for it. */
export const PLATFORM_DEADLINE_MS = 3_000;

/** Logs once when an object stops answering, and once when it answers again. */
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
