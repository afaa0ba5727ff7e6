/** A worker could not start at all, or ends again and again. It has told why. */
export class WorkerFailedError extends Error {
  readonly code = 'WORKER_FAILED';
  /** What this process should end with. */
  readonly exitCode: number;
  constructor(outcome: number | string) {
    super(`a worker ended with ${outcome}`);
    this.exitCode = typeof outcome === 'number' && outcome !== 0 ? outcome : 1;
  }
}
