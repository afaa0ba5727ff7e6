/**
 * A TARS servant of your own, outside a room server: the interface of tars/hello.tars, which `statecast tars2ts`
 * compiled. Run it with `npx tsx examples/tars-servant.ts`: it serves, and calls itself once.
 */

import { fileURLToPath } from 'node:url';
// In a project of your own this is `from 'statecast/tars'`, and the module that `statecast tars2ts` wrote.
import { connectTars, serveTars, type ServedTars } from '../src/tars.ts';
import { createHelloAdapter, HelloMethods, MAX_NAME, type HelloServant } from '../src/tars/servants/hello.ts';

const OBJECT = 'Examples.HelloServer.HelloObj';

/** Serves it. Port 0 takes a free one. */
export function serveHello(endpoint: string): Promise<ServedTars> {
  const adapter = createHelloAdapter(createHelloServant(), {
    failed: (error, func) => console.error(`${func} failed`, error),
  });
  return serveTars({ endpoint, servants: { [OBJECT]: adapter } });
}

/** Makes a proxy of it. */
export function connectHello(endpoint: string) {
  return connectTars(HelloMethods, { object: OBJECT, endpoint, deadlineMs: 2_000 });
}

function createHelloServant(): HelloServant {
  const visits = new Map<string, number>();
  return {
    async sayHello({ name }) {
      return { ret: `Hello, ${name.slice(0, MAX_NAME) || 'stranger'}!` };
    },
    async add({ a, b }) {
      return { ret: (a + b) | 0 };
    },
    async greet({ visitor: { name } }) {
      if (name === '') return { ret: -1, greeting: { text: '', visits: 0, at: Date.now() } };
      const count = (visits.get(name) ?? 0) + 1;
      visits.set(name, count);
      return { ret: 0, greeting: { text: `Hello, ${name}!`, visits: count, at: Date.now() } };
    },
    async countWords({ texts }) {
      const counts = new Map<string, number>();
      for (const word of texts.join(' ').toLowerCase().split(/\s+/)) {
        if (word !== '') counts.set(word, (counts.get(word) ?? 0) + 1);
      }
      return { ret: counts.size, counts };
    },
    async echo({ payload }) {
      return { ret: payload };
    },
  };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { address, close } = await serveHello('tcp -h 127.0.0.1 -p 0 -t 60000');
  const endpoint = `tcp -h ${address.host} -p ${address.port}`;
  console.log(`${OBJECT}@${endpoint}`);
  const connected = connectHello(endpoint);
  const { ret, greeting } = await connected.proxy.greet({ visitor: { name: 'Ada' } });
  console.log(ret, greeting.text);
  connected.close();
  process.once('SIGINT', () => void close());
}
