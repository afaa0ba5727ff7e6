/** The variable by which a primary process tells a process that it is one of its workers. */

/** It begins unlike the variables of settings. */
const WORKER_VARIABLE = 'WORKER_OF_STATECAST';

export function isWorker(): boolean {
  return process.env[WORKER_VARIABLE] !== undefined;
}

/** The environment of a worker with this number, from 1. */
export function createWorkerEnvironment(number: number): NodeJS.ProcessEnv {
  return { ...process.env, [WORKER_VARIABLE]: String(number) };
}
