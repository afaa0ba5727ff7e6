/** Where the errors of handlers, routes and listeners go: to `onError` of the library's user, or to standard error. */

import { inspect } from 'node:util';
import type { EventBus } from '../events/event-bus.ts';
import type { Clock } from '../system/clock.ts';
import { toPlainError, toPlainText } from '../system/plain-text.ts';

/** @param kind errors of one kind are printed once a minute. Default: `where`. */
export type ErrorReport = (error: unknown, where: string, kind?: string) => void;

/** How long another error of the same kind is only counted, in milliseconds. */
const QUIET_MS = 60_000;
/** How many kinds are remembered; errors of further kinds within a minute are counted together. */
const MAX_KINDS = 500;
/** How much of the text of what is no error tells its kind, in characters. */
const MAX_TEXT = 200;
const OTHER_KINDS = 'others';

interface Printed {
  readonly at: number;
  /** How many were not printed since then. */
  skipped: number;
}

/** Prints errors with their stacks: those that one piece of code throws again and again once a minute. */
export function createErrorPrinter(
  clock: Pick<Clock, 'monotonic'>,
  print: (text: string, error: unknown) => void = printPlain,
): ErrorReport {
  const printed = new Map<string, Printed>();

  function forgetOld(now: number): void {
    for (const [kind, { at }] of printed) if (now - at >= QUIET_MS) printed.delete(kind);
  }

  return (error, where, kind = where) => {
    const now = clock.monotonic();
    if (printed.size >= MAX_KINDS) forgetOld(now);
    const exact = `${kind}\n${originOf(error)}`;
    const key = printed.has(exact) || printed.size < MAX_KINDS ? exact : OTHER_KINDS;
    const last = printed.get(key);
    if (last !== undefined && now - last.at < QUIET_MS) {
      last.skipped += 1;
      return;
    }
    printed.set(key, { at: now, skipped: 0 });
    const more = last === undefined || last.skipped === 0 ? '' : ` (and ${last.skipped} times before)`;
    print(`statecast: ${where} failed${more}:`, error);
  };
}

/** What others have said stands in both: names of rooms, and the messages of errors. */
function printPlain(text: string, error: unknown): void {
  console.error(toPlainText(text), toPlainError(error));
}

/**
 * Reports what the handlers of rooms throw, and those that outlive their deadline.
 * @param patternOf the pattern by which a room has its handlers. Default: each room has its own.
 */
export function reportHandlers(
  events: Pick<EventBus, 'on'>,
  report: ErrorReport,
  patternOf: (room: string) => string | undefined = (room) => room,
): void {
  events.on('handler.failed', ({ room, handler, error }) => {
    try {
      if (room === undefined) report(error, handler);
      else
        report(
          error,
          `${handler} of room ${JSON.stringify(room)}`,
          `${handler} of ${patternOf(room) ?? room}`,
        );
    } catch {
      // What reports errors is broken itself: there is nobody left to tell.
    }
  });
}

/** What kind of error it is, and the place in the code that it comes from. */
function originOf(error: unknown): string {
  if (!(error instanceof Error)) return `${typeof error} ${textOf(error)}`;
  const place = error.stack?.split('\n').find((line) => line.startsWith('    at '));
  return `${error.name} ${place ?? error.message}`;
}

/** What is no error has no place: its text tells the kind. */
function textOf(value: unknown): string {
  try {
    return (typeof value === 'string' ? value : inspect(value, { depth: 1 })).slice(0, MAX_TEXT);
  } catch {
    return '';
  }
}
