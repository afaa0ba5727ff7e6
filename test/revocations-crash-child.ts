/** The process that revocations-crash.test.ts kills: it revokes users without end, and prints who is revoked. */

import { createServer } from '../src/server/create-server.ts';
import { createFileRevocations } from '../src/storage/revocations/file-revocations.ts';

const [, , dir = '', prefix = ''] = process.argv;
/** It ends after some seconds of work if it is not killed. */
const MAX_REVOCATIONS = 5_000;

const server = createServer({ port: 0, revocations: createFileRevocations({ dir }) });
await server.listen();
for (let number = 0; number < MAX_REVOCATIONS; number += 1) {
  const user = `${prefix}${number}`;
  await server.revoke({ user });
  // Writes to a pipe are synchronous on POSIX systems, so a printed line is not lost by the kill.
  process.stdout.write(`${user}\n`);
}
await server.close();
