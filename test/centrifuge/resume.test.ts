import { describe, expect, test } from 'vitest';
import { SECRET, signToken } from '../../src/auth/token-harness.ts';
import { createLowdbStore, refuse, type ServerOptions, type StatecastServer } from '../../src/index.ts';
import { believeData, connectCentrifuge, openCentrifuge } from '../support/centrifuge-client.ts';
import { nextEvent } from '../support/event-watch.ts';
import { makeTempDir } from '../support/temp-dir.ts';
import { startServer } from '../support/start-server.ts';

/** Ann is in room `a`, and her connection breaks. */
async function startBroken(options: ServerOptions = {}) {
  const running = await startServer({
    authenticate: believeData,
    rooms: { a: { history: { size: 10 } } },
    ...options,
  });
  const ann = await connectCentrifuge(running, { data: 'ann' });
  const { epoch } = await ann.subscribe('a');
  const away = nextEvent(running.server, 'member.away');
  ann.terminate();
  await away;
  return { ...running, epoch };
}

describe('a user whose connection has broken', () => {
  test('is away, and has its rooms back with connect', async () => {
    const { server, epoch, ...running } = await startBroken();
    expect(await server.members('a')).toMatchObject([{ user: 'ann', state: 'away' }]);
    const client = await openCentrifuge(running);
    const { subs } = await client.connect({ data: 'ann' });
    expect(subs).toEqual({ a: { recoverable: true, positioned: true, epoch } });
    expect(await server.members('a')).toMatchObject([{ user: 'ann', state: 'joined' }]);
    await server.publish('a', 1);
    expect(await client.push('pub', 'a')).toMatchObject({ data: 1 });
  });

  test.each([
    ['kicked', (server: StatecastServer, id: string) => server.kick('a', id, 'out')],
    ['put out with all others', (server: StatecastServer) => server.closeRoom('a', 'closed')],
  ])('that is %s does not come back by itself', async (_, putOut) => {
    const { server, ...running } = await startBroken();
    const id = (await server.members('a'))[0]?.id ?? '';
    const left = nextEvent(server, 'member.left');
    expect(putOut(server, id)).toBe(true);
    expect(await left).toMatchObject({ room: 'a', member: { user: 'ann' }, reason: 'kicked' });
    expect(await server.members('a')).toEqual([]);
    expect(server.kick('a', id, 'out')).toBe(false);
    const client = await openCentrifuge(running);
    expect(await client.connect({ data: 'ann' })).not.toHaveProperty('subs');
  });

  test.each(['constructor', '__proto__'])(
    'is no guest of the server in a room that is named %s',
    async (room) => {
      const running = await startServer({
        authenticate: believeData,
        rooms: { '*': { may: { publish: 'token' } } },
      });
      const ann = await connectCentrifuge(running, { data: 'ann' });
      await ann.subscribe(room);
      const away = nextEvent(running.server, 'member.away');
      ann.terminate();
      await away;
      const client = await openCentrifuge(running);
      expect(Object.keys((await client.connect({ data: 'ann' })).subs)).toEqual([room]);
      expect(await client.ask({ publish: { channel: room, data: 1 } })).toMatchObject({
        error: { code: 103 },
      });
    },
  );

  test('takes a room over by its own subscribe, with recovery, in the frame of connect too', async () => {
    const { server, epoch, ...running } = await startBroken();
    for (const n of [1, 2]) await server.publish('a', n);
    const client = await openCentrifuge(running);
    client.send(
      { connect: { data: 'ann' } },
      { subscribe: { channel: 'a', recover: true, offset: 0, epoch } },
    );
    expect((await client.reply(1))['connect'].subs).toHaveProperty('a');
    const { subscribe } = await client.reply(2);
    expect(subscribe).toMatchObject({ recovered: true, was_recovering: true });
    expect(subscribe.publications).toMatchObject([{ data: 1 }, { data: 2 }]);
    await server.publish('a', 3);
    expect(await client.push('pub', 'a')).toMatchObject({ data: 3, offset: 3 });
    expect(await client.settle()).toEqual([]);
    expect(await client.ask({ subscribe: { channel: 'a' } })).toMatchObject({ error: { code: 105 } });
    await client.ask({ unsubscribe: { channel: 'a' } });
    expect(await server.members('a')).toEqual([]);
  });

  test('that cannot be recovered has error 112 where it insists on it, and keeps the room', async () => {
    const { server, ...running } = await startBroken();
    const client = await connectCentrifuge(running, { data: 'ann' });
    expect(
      await client.ask({ subscribe: { channel: 'a', recover: true, offset: 9, flag: 2 } }),
    ).toMatchObject({ error: { code: 112 } });
    expect(await server.members('a')).toMatchObject([{ user: 'ann', state: 'joined' }]);
    expect(await client.ask({ subscribe: { channel: 'a' } })).toMatchObject({ subscribe: {} });
  });

  test('is not away when another connection of the user is there, or it has closed its socket', async () => {
    const running = await startServer({ authenticate: believeData });
    const [first, second] = [
      await connectCentrifuge(running, { data: 'ann' }),
      await connectCentrifuge(running, { data: 'ann' }),
    ];
    for (const client of [first, second]) await client.subscribe('a');
    let left = nextEvent(running.server, 'member.left');
    first.terminate();
    await left;
    expect(await running.server.members('a')).toMatchObject([{ id: second.id, state: 'joined' }]);
    left = nextEvent(running.server, 'member.left');
    second.close();
    await left;
    expect(await running.server.members('a')).toEqual([]);
  });

  test('is waited for no longer than the setting says', async () => {
    const running = await startServer({
      authenticate: believeData,
      membership: { reconnectSeconds: 0 },
    });
    const ann = await connectCentrifuge(running, { data: 'ann' });
    await ann.subscribe('a');
    const left = nextEvent(running.server, 'member.left');
    ann.terminate();
    await left;
    expect(await running.server.members('a')).toEqual([]);
    const client = await openCentrifuge(running);
    expect(await client.connect({ data: 'ann' })).not.toHaveProperty('subs');
  });

  test('is refused by onJoin where it may not come back', async () => {
    let isOpen = true;
    const resumed: boolean[] = [];
    const running = await startBroken({
      rooms: {
        a: {
          onJoin(join) {
            resumed.push(join.resumed);
            return isOpen ? undefined : refuse('closed by now');
          },
        },
      },
    });
    isOpen = false;
    const client = await openCentrifuge(running);
    expect(await client.connect({ data: 'ann' })).not.toHaveProperty('subs');
    expect(resumed).toEqual([false, true]);
  });

  test('is back after a restart', async () => {
    const dir = await makeTempDir();
    const options = () => ({ authenticate: believeData, store: createLowdbStore({ dir }) });
    const first = await startServer(options());
    await (await connectCentrifuge(first, { data: 'ann' })).subscribe('a');
    await first.server.close();
    const second = await startServer(options());
    const client = await openCentrifuge(second);
    expect((await client.connect({ data: 'ann' }))['subs']).toEqual({ a: {} });
  });
});

describe('a room that only tokens open', () => {
  const OPTIONS: ServerOptions = {
    auth: { hmacSecret: SECRET },
    rooms: { a: { may: { join: 'token' } } },
  };

  async function startBrokenMember() {
    const running = await startServer(OPTIONS);
    const ann = await connectCentrifuge(running, { token: await signToken({ sub: 'ann' }) });
    await ann.subscribe('a', { token: await signToken({ sub: 'ann', channel: 'a' }) });
    const away = nextEvent(running.server, 'member.away');
    ann.terminate();
    await away;
    return running;
  }

  test('is not given back without one', async () => {
    const running = await startBrokenMember();
    const client = await openCentrifuge(running);
    expect(await client.connect({ token: await signToken({ sub: 'ann' }) })).not.toHaveProperty('subs');
    expect(await client.ask({ subscribe: { channel: 'a' } })).toMatchObject({ error: { code: 103 } });
    await client.subscribe('a', { token: await signToken({ sub: 'ann', channel: 'a' }) });
    expect(await running.server.members('a')).toMatchObject([{ user: 'ann', state: 'joined' }]);
  });
});

describe('a token with which a client takes over a room', () => {
  async function startOpen() {
    const running = await startServer({ auth: { hmacSecret: SECRET } });
    const ann = await connectCentrifuge(running, { token: await signToken({ sub: 'ann' }) });
    await ann.subscribe('a');
    const away = nextEvent(running.server, 'member.away');
    ann.terminate();
    await away;
    return connectCentrifuge(running, { token: await signToken({ sub: 'ann' }) });
  }

  test('is checked, and its end counts', async () => {
    const client = await startOpen();
    const bad = await signToken({ sub: 'ann', channel: 'a' }, 'another secret that is long enough too');
    expect(await client.ask({ subscribe: { channel: 'a', token: bad } })).toMatchObject({
      error: { code: 103 },
    });
    const exp = Math.floor(Date.now() / 1000) + 600;
    const token = await signToken({ sub: 'ann', channel: 'a', exp });
    expect(await client.subscribe('a', { token })).toMatchObject({ expires: true });
  });

  test('for another room closes with 3500', async () => {
    const client = await startOpen();
    client.send({ subscribe: { channel: 'a', token: await signToken({ sub: 'ann', channel: 'b' }) } });
    expect(await client.closed).toMatchObject({ code: 3500 });
  });
});

test('a user who takes a room over with a token may do what the rules allow to those who have one', async () => {
  const running = await startServer({
    auth: { hmacSecret: SECRET },
    rooms: { a: { may: { join: 'users', publish: 'token' } } },
  });
  const token = await signToken({ sub: 'ann' });
  const proof = { token: await signToken({ sub: 'ann', channel: 'a' }) };
  const ann = await connectCentrifuge(running, { token });
  await ann.subscribe('a', proof);
  const away = nextEvent(running.server, 'member.away');
  ann.terminate();
  await away;
  const client = await connectCentrifuge(running, { token });
  expect(await client.ask({ publish: { channel: 'a', data: 1 } })).toMatchObject({ error: { code: 103 } });
  await client.subscribe('a', proof);
  expect(await client.ask({ publish: { channel: 'a', data: 2 } })).toHaveProperty('publish');
});
