/** The servant of examples/, with real sockets. */

import { expect, onTestFinished, test } from 'vitest';
import { connectHello, serveHello } from '../examples/tars-servant.ts';

test('the example serves its interface at the endpoint, and a proxy calls it', async () => {
  const { address, close } = await serveHello('tcp -h 127.0.0.1 -p 0');
  onTestFinished(close);
  const connected = connectHello(`tcp -h ${address.host} -p ${address.port}`);
  onTestFinished(connected.close);
  const { proxy } = connected;
  expect(await proxy.sayHello({ name: 'Ada' })).toEqual({ ret: 'Hello, Ada!' });
  expect(await proxy.add({ a: 2_147_483_647, b: 1 })).toEqual({ ret: -2_147_483_648 });
  await proxy.greet({ visitor: { name: 'Ada' } });
  expect(await proxy.greet({ visitor: { name: 'Ada' } })).toMatchObject({ ret: 0, greeting: { visits: 2 } });
  expect(await proxy.countWords({ texts: ['a b', 'A'] })).toEqual({
    ret: 2,
    counts: new Map([
      ['a', 2],
      ['b', 1],
    ]),
  });
});
