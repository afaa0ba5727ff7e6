/** How a command that goes on by itself is told to end. */

/** Aborted by Ctrl-C, by SIGTERM, and when nobody reads what is printed any more. A second Ctrl-C ends the process. */
export function untilStopped(): AbortSignal {
  const stopping = new AbortController();
  const stop = (): void => stopping.abort();
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
  process.stdout.once('error', stop);
  return stopping.signal;
}
