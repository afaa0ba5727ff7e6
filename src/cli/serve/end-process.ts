/** How this process ends when something hangs. */

/** The work that threads of Node.js do for it: `process.exit` waits until they have done it, however long that takes. */
const WORK_OF_THREADS = /^FSReq|^GETADDRINFO|^GETNAMEINFO/;

/** How often it is looked whether a process that has stopped still waits for a thread, in milliseconds. */
const LOOK_MS = 250;

/** Ends this process now. While a thread hangs in the file system, only SIGKILL does that. */
export function endNow(code: number): never {
  if (waitsForThreads()) process.kill(process.pid, 'SIGKILL');
  return process.exit(code);
}

/** Ends this process if nothing but a thread that hangs keeps it alive. To be called when all else has ended. */
export function endIfHanging(code: number): void {
  process.exitCode ??= code;
  const timer = setInterval(() => {
    if (waitsForThreads()) endNow(code);
  }, LOOK_MS);
  timer.unref();
}

function waitsForThreads(): boolean {
  return process.getActiveResourcesInfo().some((name) => WORK_OF_THREADS.test(name));
}
