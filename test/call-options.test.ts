/** Calls of servants with wrong options: they fail alone, and disturb no other call. */

import { describe, expect, onTestFinished, test } from 'vitest';
import { HelloMethods } from '../src/tars/servants/hello.ts';
import { createServantServer } from '../src/tars/server/servant-server.ts';
import { connectTars } from '../src/tars.ts';
import { startServer } from './support/start-server.ts';

const OBJECT = 'A.B.C';

/** Starts a servant that answers when it is released. */
async function startServant() {
  let release = (): void => {};
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  const servant = createServantServer({
    host: '127.0.0.1',
    port: 0,
    servants: new Map([
      [
        OBJECT,
        {
          async dispatch(_func: string, body: Uint8Array) {
            const { a, b } = HelloMethods.add.args.decode(body);
            if (a > 0) await released;
            return { ret: 0, body: HelloMethods.add.result.encode({ ret: a + b }) };
          },
        },
      ],
    ]),
  });
  onTestFinished(() => servant.close());
  const { port } = await servant.listen();
  return { release: () => release(), object: `${OBJECT}@tcp -h 127.0.0.1 -p ${port}` };
}

/** Typed as JavaScript has them: not at all. */
const WRONG: readonly (readonly [what: string, options: object, path: string])[] = [
  ['a context with a number', { context: new Map([['id', 7]]) }, 'context.id'],
  ['a context with nothing', { context: new Map([['id', undefined]]) }, 'context.id'],
  ['a context with a number as a key', { context: new Map([[7, 'x']]) }, 'context'],
  ['a context that is an object', { context: { id: 'x' } }, 'context'],
  ['a deadline that is no number', { deadlineMs: Number.NaN }, 'deadlineMs'],
  ['a deadline that is a text', { deadlineMs: '5' }, 'deadlineMs'],
  ['idempotent as a text', { idempotent: 'no' }, 'idempotent'],
];

describe.each(['a server', 'connectTars'])('calls by %s', (by) => {
  test.each(WRONG)('with %s reject alone', async (_what, options, path) => {
    const { release, object } = await startServant();
    const hello = await callBy(by, object);
    expect(await hello.add({ a: 0, b: 1 })).toEqual({ ret: 1 });
    const others = [hello.add({ a: 1, b: 1 }), hello.add({ a: 2, b: 2 })];
    await expect(hello.add({ a: 0, b: 5 }, options)).rejects.toMatchObject({ code: 'TARS_ENCODE', path });
    release();
    expect(await Promise.all(others)).toEqual([{ ret: 2 }, { ret: 4 }]);
  });
});

async function callBy(by: string, object: string) {
  if (by === 'a server') {
    const { server } = await startServer({ servants: { hello: { object, methods: HelloMethods } } });
    return server.rpc.hello;
  }
  const { proxy, close } = connectTars(HelloMethods, { object });
  onTestFinished(close);
  return proxy;
}
