/** A child process of library.test.ts: an unhandled rejection would end the process of the test. */

import { setImmediate as nextTurn } from 'node:timers/promises';
import { createServer } from '../../src/index.ts';

const server = createServer({ port: 0, onError: () => undefined });
// The type of a listener returns nothing, and TypeScript accepts an async function for it.
// oxlint-disable-next-line typescript/no-misused-promises
server.on('server.listening', async () => {
  throw new Error('nobody waits for this');
});
await server.listen();
await nextTurn();
await server.close();
process.stdout.write('still here\n');
