/** A process of its own for library.test.ts, since a rejection that nobody handles would end the test's. */

import { setImmediate as nextTurn } from 'node:timers/promises';
import { createServer } from '../../src/index.ts';

const server = createServer({ port: 0, onError: () => undefined });
// A listener is declared to return nothing, and TypeScript takes an async function for that.
// oxlint-disable-next-line typescript/no-misused-promises
server.on('server.listening', async () => {
  throw new Error('nobody waits for this');
});
await server.listen();
await nextTurn();
await server.close();
process.stdout.write('still here\n');
