/** Tokens and users that are revoked, as clients meet it: at once, when they come again, and after a restart. */

import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { SECRET, signToken } from '../src/auth/token-harness.ts';
import {
  createFileRevocations,
  createMemoryControls,
  createMemoryStore,
  refuse,
  type ServerOptions,
} from '../src/index.ts';
import { connectCentrifuge, openCentrifuge } from './support/centrifuge-client.ts';
import { createGate } from './support/gate.ts';
import { createSdkClient } from './support/sdk-client.ts';
import { startServer } from './support/start-server.ts';
import { makeTempDir } from './support/temp-dir.ts';

const TOKENS = { auth: { hmacSecret: SECRET, anonymous: false } };
const MINUTE_S = 60;
const nowSeconds = (): number => Math.floor(Date.now() / 1000);

/** Connects with a token, and resolves to how the socket is closed or `connected`. */
async function tryToken(running: Parameters<typeof openCentrifuge>[0], claims: object): Promise<unknown> {
  const client = await openCentrifuge(running);
  client.send({ connect: { token: await signToken(claims) } });
  return Promise.race([client.reply(1).then(() => 'connected'), client.closed]);
}

describe('a token', () => {
  test('that is revoked closes its connections, and is not taken again until it is lifted', async () => {
    const running = await startServer(TOKENS);
    const { server } = running;
    const token = await signToken({ sub: 'ann', jti: 't1' });
    const other = await connectCentrifuge(running, { token: await signToken({ sub: 'ann', jti: 't2' }) });
    const { centrifuge } = createSdkClient(running.url, { token });
    await centrifuge.ready();
    const out = new Promise((resolve) => centrifuge.once('disconnected', resolve));
    await server.revoke({ token: 't1' });
    expect(await out).toMatchObject({ code: 3500, reason: 'invalid token' });
    expect(await tryToken(running, { sub: 'ann', jti: 't1' })).toMatchObject({ code: 3500 });
    expect(await server.revocations()).toMatchObject([{ token: 't1' }]);
    expect(await server.unrevoke({ token: 't1' })).toBe(true);
    expect(await server.unrevoke({ token: 't1' })).toBe(false);
    expect(await tryToken(running, { sub: 'ann', jti: 't1' })).toBe('connected');
    other.send({ rpc: { method: 'still.here' } });
    expect(await other.reply(2)).toMatchObject({ error: { code: 108 } });
  });

  test('that is revoked is not taken by refresh', async () => {
    const running = await startServer(TOKENS);
    const client = await connectCentrifuge(running, { token: await signToken({ sub: 'ann' }) });
    await running.server.revoke({ token: 't2' });
    client.send({ refresh: { token: await signToken({ sub: 'ann', jti: 't2' }) } });
    expect(await client.closed).toMatchObject({ code: 3500 });
  });

  test('counts by the latest one that a client has shown', async () => {
    const running = await startServer(TOKENS);
    const client = await connectCentrifuge(running, { token: await signToken({ sub: 'ann', jti: 't1' }) });
    client.send({ refresh: { token: await signToken({ sub: 'ann', jti: 't2' }) } });
    expect(await client.reply(2)).toMatchObject({ refresh: {} });
    await running.server.revoke({ token: 't1' });
    await running.server.revoke({ token: 't2' });
    expect(await client.closed).toMatchObject({ code: 3500 });
  });

  test('for a room ends its membership with 2502, and is not taken again', async () => {
    const running = await startServer(TOKENS);
    const client = await connectCentrifuge(running, { token: await signToken({ sub: 'ann' }) });
    const token = await signToken({ sub: 'ann', channel: 'a', jti: 'r1' });
    client.send({ subscribe: { channel: 'a', token } });
    expect(await client.reply(2)).toMatchObject({ subscribe: {} });
    await running.server.revoke({ token: 'r1' });
    expect(await client.next()).toMatchObject({ push: { channel: 'a', unsubscribe: { code: 2502 } } });
    client.send({ subscribe: { channel: 'a', token } });
    expect(await client.reply(3)).toMatchObject({ error: { code: 103 } });
  });

  test('for a room that is revoked while onJoin decides lets nobody stay', async () => {
    const [asked, gate] = [createGate(), createGate()];
    const running = await startServer({
      ...TOKENS,
      rooms: {
        a: {
          async onJoin() {
            asked.open();
            await gate.opened;
          },
        },
      },
    });
    const client = await connectCentrifuge(running, { token: await signToken({ sub: 'ann' }) });
    client.send({
      subscribe: { channel: 'a', token: await signToken({ sub: 'ann', channel: 'a', jti: 'r1' }) },
    });
    await asked.opened;
    await running.server.revoke({ token: 'r1' });
    gate.open();
    expect(await client.reply(2)).toMatchObject({ subscribe: {} });
    expect(await client.next()).toMatchObject({ push: { channel: 'a', unsubscribe: { code: 2502 } } });
    expect(await running.server.members('a')).toEqual([]);
  });
});

describe('a user', () => {
  test('who is revoked is closed everywhere, on all nodes, and comes no more', async () => {
    const connect = createMemoryControls();
    const nodes = [
      await startServer({ ...TOKENS, control: connect() }),
      await startServer({ ...TOKENS, control: connect() }),
    ];
    const clients = await Promise.all(
      nodes.map(async (node) => connectCentrifuge(node, { token: await signToken({ sub: 'ann' }) })),
    );
    await nodes[0]!.server.revoke({ user: 'ann' });
    for (const client of clients) expect(await client.closed).toMatchObject({ code: 3507 });
    for (const node of nodes) {
      expect(await tryToken(node, { sub: 'ann' })).toMatchObject({ code: 3507 });
      expect(await tryToken(node, { sub: 'bob' })).toBe('connected');
    }
  });

  test('may come with a newer token where older ones are revoked', async () => {
    const running = await startServer(TOKENS);
    const issuedBefore = nowSeconds() * 1000;
    const old = { sub: 'ann', iat: nowSeconds() - MINUTE_S };
    const client = await connectCentrifuge(running, { token: await signToken(old) });
    const fresh = { sub: 'ann', iat: nowSeconds() + 1 };
    const newer = await connectCentrifuge(running, { token: await signToken(fresh) });
    await running.server.revoke({ user: 'ann', issuedBefore });
    expect(await client.closed).toMatchObject({ code: 3507 });
    expect(await tryToken(running, old)).toMatchObject({ code: 3507 });
    expect(await tryToken(running, { sub: 'ann' })).toMatchObject({ code: 3507 });
    expect(await tryToken(running, fresh)).toBe('connected');
    newer.send({ rpc: { method: 'still.here' } });
    expect(await newer.reply(2)).toMatchObject({ error: { code: 108 } });
  });

  test.each(['line', 'line with authenticate'])('is refused by name on the protocol %s', async (way) => {
    const options: ServerOptions =
      way === 'line'
        ? { line: { userParameter: true } }
        : {
            authenticate: ({ query }) => (query.has('user') ? { user: query.get('user')! } : refuse('who?')),
          };
    const { server, connect } = await startServer(options);
    const client = await connect({ path: '/?user=ann' });
    expect(await client.ask('ping')).toBe('pong');
    await client.join('a');
    await server.revoke({ user: 'ann' });
    expect(await client.closed).toEqual({ code: 3507, reason: 'permission denied' });
    const again = await connect({ path: '/?user=ann' });
    expect(await again.closed).toEqual({ code: 3507, reason: 'permission denied' });
    expect(await (await connect({ path: '/?user=bob' })).ask('ping')).toBe('pong');
    expect(server.health().connections).toBe(1);
    expect(await server.members('a')).toEqual([]);
  });

  test('who is away is not expected back', async () => {
    const { server, connect } = await startServer({ line: { userParameter: true } });
    const client = await connect({ path: '/?user=ann' });
    await client.join('a');
    const away = new Promise((resolve) => server.once('member.away', resolve));
    client.terminate();
    await away;
    await server.revoke({ user: 'ann' });
    expect(await server.members('a')).toEqual([]);
  });
});

test('a bad revocation says what to do', async () => {
  const { server } = await startServer();
  await expect(server.revoke({ user: '' })).rejects.toThrow('say what it is about');
  await expect(server.revoke({ user: 'a', token: 'b' })).rejects.toThrow('say what it is about');
  await expect(server.revoke({ token: 'x'.repeat(256) })).rejects.toThrow('255 characters');
  await expect(server.revoke({ user: 'ann' }, 1)).rejects.toThrow('a time to come');
  const unfit = { token: 't', issuedBefore: 1 };
  await expect(server.revoke(unfit)).rejects.toThrow('issuedBefore goes with a user');
  expect(await server.revocations()).toEqual([]);
});

describe('revocations in a file', () => {
  test('hold after the server was started again', async () => {
    const dir = await makeTempDir();
    const first = await startServer({ ...TOKENS, revocations: createFileRevocations({ dir }) });
    await first.server.revoke({ user: 'ann' }, new Date(Date.now() + 3_600_000));
    await first.server.close();
    const second = await startServer({ ...TOKENS, revocations: createFileRevocations({ dir }) });
    expect(await tryToken(second, { sub: 'ann' })).toMatchObject({ code: 3507 });
  });

  test('hold in rooms too, where the process was killed before it had stored who has left', async () => {
    const store = createMemoryStore();
    const first = await startServer({ store, line: { userParameter: true } });
    for (const user of ['ann', 'bob']) await (await first.connect({ path: `/?user=${user}` })).join('a');
    await first.server.close();
    const revocations = createFileRevocations({ dir: await makeTempDir() });
    await revocations.load();
    await revocations.write([{ type: 'add', revocation: { user: 'ann' } }]);
    await revocations.close();
    const { server, connect } = await startServer({ store, revocations, line: { userParameter: true } });
    expect(await server.members('a')).toMatchObject([{ user: 'bob', state: 'away' }]);
    await server.unrevoke({ user: 'ann' });
    expect(await (await connect({ path: '/?user=ann' })).settle()).toEqual([]);
  });

  test('that are damaged keep the server from starting', async () => {
    const dir = await makeTempDir();
    await writeFile(join(dir, 'revocations.jsonl'), 'not ours\n');
    const start = startServer({ ...TOKENS, revocations: createFileRevocations({ dir }) });
    await expect(start).rejects.toThrow('line 1 of');
    expect(await readFile(join(dir, 'revocations.jsonl'), 'utf8')).toBe('not ours\n');
  });
});
