/** A servant that a registry knows by its name, and that moves to another port. */

import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { createServantAdapter } from '../src/tars/calls/servant-adapter.ts';
import { answer, ECHO, OBJECT, startNumbered, startServant } from '../src/tars/client/link-harness.ts';
import { QUERY_F, SET_QUERY_F } from '../src/tars/client/registry-types.ts';
import { createServantServer } from '../src/tars/server/servant-server.ts';
import { startServer } from './support/start-server.ts';

test('a servant that moved is found as soon as its old endpoint refuses, in the set of the server', async () => {
  const old = await startNumbered(0);
  const state = { port: old.port, asked: [] as string[] };
  const adapter = createServantAdapter(SET_QUERY_F, {
    async findObjectByIdInSameSet({ id, setId }) {
      state.asked.push(`${id} in ${setId}`);
      const endpoint = { host: '127.0.0.1', port: state.port, timeout: 0, istcp: 1, grid: 0 };
      return { ret: 0, activeEp: [endpoint], inactiveEp: [] };
    },
  });
  const locator = await startRegistry(adapter);
  const { server } = await startServer({
    servants: { echo: { object: OBJECT, methods: ECHO } },
    tars: { locator, set: 'room.sz.1' },
  });
  expect(await server.rpc.echo.echo({ text: 'here' })).toEqual({ ret: 'here' });

  const moved = await startNumbered(0);
  state.port = moved.port;
  await old.stop();
  let failed = 0;
  let reply: { ret: string } | undefined;
  while (reply === undefined) {
    reply = await server.rpc.echo.echo({ text: 'there' }).catch(() => undefined);
    failed += 1;
    await nextTurn();
  }
  expect(reply).toEqual({ ret: 'there' });
  // However many calls failed meanwhile.
  expect(failed).toBeGreaterThan(1);
  expect(state.asked).toEqual(Array.from({ length: 2 }, () => `${OBJECT} in room.sz.1`));
});

test.each([1, 2])('a servant that moved is found while its %d old endpoints hang', async (count) => {
  const state = { isHung: false };
  const startOld = () =>
    startServant((request, socket) => {
      if (!state.isHung) socket.write(answer(request));
    });
  const old = await Promise.all(Array.from({ length: count }, startOld));
  let ports = old.map((peer) => peer.port);
  const adapter = createServantAdapter(QUERY_F, {
    async findObjectById() {
      return { ret: ports.map((port) => ({ host: '127.0.0.1', port, timeout: 0, istcp: 1, grid: 0 })) };
    },
  });
  const locator = await startRegistry(adapter);
  const { server } = await startServer({
    servants: { echo: { object: OBJECT, methods: ECHO } },
    tars: { locator, callSeconds: 0.05 },
  });
  expect(await server.rpc.echo.echo({ text: 'here' })).toEqual({ ret: 'here' });

  ports = [(await startNumbered(0)).port];
  state.isHung = true;
  let reply: { ret: string } | undefined;
  while (reply === undefined) {
    reply = await server.rpc.echo.echo({ text: 'there' }).catch(() => undefined);
    await nextTurn();
  }
  expect(reply).toEqual({ ret: 'there' });
});

/** Serves a registry, and returns what the setting `tars.locator` is for it. */
async function startRegistry(adapter: ReturnType<typeof createServantAdapter>): Promise<string> {
  const registry = createServantServer({
    host: '127.0.0.1',
    port: 0,
    servants: new Map([['tars.tarsregistry.QueryObj', adapter]]),
  });
  onTestFinished(() => registry.close());
  const { port } = await registry.listen();
  return `tars.tarsregistry.QueryObj@tcp -h 127.0.0.1 -p ${port}`;
}
