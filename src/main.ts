#!/usr/bin/env node
/** The program `statecast`: runs the command line, and reports what went wrong with a message and an exit code. */

import { RedisRequiredError } from './actors/redis/redis-required-error.ts';
import { createCommandLine } from './cli/command-line.ts';
import { PackageError } from './cli/package/package-error.ts';
import { RemoteError } from './cli/remote/remote-error.ts';
import { ConfigError } from './config/layer/config-error.ts';
import { StoreError } from './storage/store-error.ts';
import { toPlainLines } from './system/plain-text.ts';
import { WorkerFailedError } from './workers/primary/worker-failed-error.ts';
import { ListenError } from './transport/common/transport.ts';

const EXIT_FAILED = 1;
const EXIT_BAD_CONFIG = 2;

// `statecast rooms | head -1`: who has read enough has closed the pipe.
for (const output of [process.stdout, process.stderr]) {
  output.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
}

try {
  await createCommandLine().parseAsync();
} catch (error) {
  if (error instanceof ConfigError) fail(error, EXIT_BAD_CONFIG);
  // It has told why.
  else if (error instanceof WorkerFailedError) process.exitCode = error.exitCode;
  else if (isExpected(error)) fail(error, EXIT_FAILED);
  else throw error;
}

function isExpected(error: unknown): error is Error {
  return [ListenError, StoreError, RedisRequiredError, PackageError, RemoteError].some(
    (expected) => error instanceof expected,
  );
}

/** For what the user can correct: the message alone. Anything else is a bug and shows its stack. */
function fail(error: Error, exitCode: number): void {
  process.stderr.write(`statecast: ${toPlainLines(error.message)}\n`);
  process.exitCode = exitCode;
}
