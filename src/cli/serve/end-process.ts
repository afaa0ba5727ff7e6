/** How this process ends when something hangs. */

/** The work that threads of Node.js do for it: `process.exit` waits until they have done it, however long that takes. */
const WORK_OF_THREADS = /^FSReq|^GETADDRINFO|^GETNAMEINFO/;

/** A thread that has work for so long counts as hanging, in milliseconds. */
const HANGING_MS = 500;
/** How often it is looked whether a process that has stopped still waits for a thread, in milliseconds. */
const LOOK_MS = 250;
/** After so many looks in a row, a process in which all else has ended is ended too. */
const LOOKS = 4;

/** Ends this process. While a thread hangs in the file system, only SIGKILL does that. */
export function endProcess(code: number): void {
  if (!waitsForThreads()) process.exit(code);
  setTimeout(() => {
    if (waitsForThreads()) process.kill(process.pid, 'SIGKILL');
    else process.exit(code);
  }, HANGING_MS);
}

/** Ends this process if nothing but a thread that hangs keeps it alive. Only where all else has ended. */
export function endIfHanging(): void {
  let looks = 0;
  setInterval(() => {
    looks = waitsForThreads() ? looks + 1 : 0;
    if (looks === LOOKS) process.kill(process.pid, 'SIGKILL');
  }, LOOK_MS).unref();
}

function waitsForThreads(): boolean {
  return process.getActiveResourcesInfo().some((name) => WORK_OF_THREADS.test(name));
}
