/** `npm run servant [-- PORT]`: the example TARS servant alone, for other TARS clients. Default port 14002. */

import { createHelloServer, HELLO_OBJECT } from '../src/server/demo/hello-servant.ts';

const DEFAULT_PORT = 14_002;

const server = createHelloServer(Number(process.argv[2] ?? DEFAULT_PORT), (error, where) =>
  console.error(where, error),
);
const { host, port } = await server.listen();
console.log(`${HELLO_OBJECT}@tcp -h ${host} -p ${port}`);
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void server.close());
