/** What a server knows of its earlier runs: after a shutdown, after a crash, and while its disk fails. */

import { existsSync } from 'node:fs';
import { readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  createLowdbStore,
  createMemoryStore,
  type ServerEvents,
  type ServerOptions,
  type StoredMember,
} from '../src/index.ts';
import { keepEvents, nextEvent } from './support/event-watch.ts';
import { createGate } from './support/gate.ts';
import { readError } from './support/http-request.ts';
import { sendByRoom } from './support/line-client.ts';
import { startProcess } from './support/start-process.ts';
import { startServer } from './support/start-server.ts';
import { makeTempDir } from './support/temp-dir.ts';

const HOUR_MS = 60 * 60 * 1000;
const CRASH_ROUNDS = 10;
const SENT = 'SendByRoom success!';

/** Starts a server that reads users from handshakes, and has its store in this directory. */
function storedIn(dir: string, options: ServerOptions = {}): ServerOptions {
  return { store: createLowdbStore({ dir }), line: { userParameter: true }, ...options };
}

describe('after a shutdown', () => {
  test.each(['relaxed', 'strict'] as const)(
    'with %s durability users are away, and anonymous members are gone',
    async (durability) => {
      const dir = await makeTempDir();
      const options: ServerOptions = { membership: { durability } };
      const first = await startServer(storedIn(dir, options));
      const [ann, anonymous] = [await first.connect({ path: '/?user=ann' }), await first.connect()];
      await ann.join('room1');
      await anonymous.join('room1');
      await anonymous.join('room2');
      const [member] = await first.server.members('room1');
      const left = keepEvents(first.server, 'member.left');
      await first.server.close();
      expect(await ann.closed).toEqual({ code: 3001, reason: 'shutdown' });
      expect(left.map(({ reason }) => reason)).toEqual(['shutdown', 'shutdown', 'shutdown']);

      const { server, request } = await startServer(storedIn(dir, options));
      const { id, joinedAt } = member!;
      expect(await server.members('room1')).toEqual([{ id, user: 'ann', state: 'away', joinedAt }]);
      expect(await server.members('room2')).toEqual([]);
      expect((await request('/presence?roomNum=room1')).body).toContain('"state":"away"');
      expect(server.health().connections).toBe(0);
    },
  );

  test('the server joins a user that connects again to the rooms where it was away', async () => {
    const dir = await makeTempDir();
    const first = await startServer(storedIn(dir));
    const before = await first.connect({ path: '/?user=ann' });
    await before.join('room1');
    await before.join('room2');
    await before.join('room3');
    expect(await before.ask('unsubscribe|room3')).toBe('Unsubscribe roomNum:room3 success!');
    await first.server.close();

    const { server, connect } = await startServer(storedIn(dir));
    const joined = keepEvents(server, 'member.joined');
    const left = keepEvents(server, 'member.left');
    const stranger = await connect({ path: '/?user=bob' });
    expect(await stranger.settle()).toEqual([]);
    const ann = await connect({ path: '/?user=ann' });
    const frames = await ann.settle();
    expect(frames.sort()).toEqual(['Subscribe roomNum:room1 success!', 'Subscribe roomNum:room2 success!']);
    expect(joined).toMatchObject([{ resumed: true }, { resumed: true }]);
    expect(left.map(({ reason }) => reason)).toEqual(['resumed', 'resumed']);
    expect(await server.members('room1')).toMatchObject([{ user: 'ann', state: 'joined' }]);
    await stranger.ask(sendByRoom('room1', 'welcome back'));
    expect(await ann.settle()).toEqual(['welcome back']);

    // For a second connection of this user, no member is away.
    const again = await connect({ path: '/?user=ann' });
    expect(await again.settle()).toEqual([]);
    await ann.ask('unsubscribe|room1');
    expect(await server.members('room1')).toEqual([]);
  });

  test('a user that came back and left is not away in later runs', async () => {
    const dir = await makeTempDir();
    const first = await startServer(storedIn(dir));
    await (await first.connect({ path: '/?user=ann' })).join('room1');
    await first.server.close();

    const second = await startServer(storedIn(dir));
    const ann = await second.connect({ path: '/?user=ann' });
    expect(await ann.next()).toBe('Subscribe roomNum:room1 success!');
    const left = nextEvent(second.server, 'member.left', ({ reason }) => reason === 'disconnected');
    ann.close();
    await left;
    await second.server.close();

    const third = await startServer(storedIn(dir));
    expect(await third.server.members('room1')).toEqual([]);
    expect(await readdir(dir)).toEqual([]);
  });

  test('a drain that is interrupted gives the same result', async () => {
    const dir = await makeTempDir();
    const first = await startServer(storedIn(dir, { drainSeconds: 0, membership: { durability: 'strict' } }));
    const ann = await first.connect({ path: '/?user=ann' });
    await ann.join('room1');
    await (await first.connect()).join('room1');
    await first.server.close();

    const { server } = await startServer(storedIn(dir));
    expect(await server.members('room1')).toMatchObject([{ user: 'ann', state: 'away' }]);
  });
});

test('a user whose command was not answered before the end of the drain is away like others', async () => {
  const dir = await makeTempDir();
  const gate = createGate();
  const asked = createGate();
  const first = await startServer(
    storedIn(dir, {
      drainSeconds: 1,
      membership: { durability: 'strict' },
      rooms: { room1: { onMessage: () => (asked.open(), gate.opened) } },
    }),
  );
  const ann = await first.connect({ path: '/?user=ann' });
  await ann.join('room1');
  ann.send(sendByRoom('room1', 'held up'));
  await asked.opened;
  const stopped = nextEvent(first.server, 'server.stopped');
  await first.server.close();
  expect(await stopped).toEqual({ reason: 'deadline' });
  await ann.closed;
  gate.open();

  const { server } = await startServer(storedIn(dir));
  expect(await server.members('room1')).toMatchObject([{ user: 'ann', state: 'away' }]);
});

describe('a user who is away', () => {
  function storeWith(...members: StoredMember[]): NonNullable<ServerOptions['store']> {
    const store = createMemoryStore();
    return {
      ...store,
      async rooms() {
        await store.write(
          'room1',
          members.map((member) => ({ type: 'put' as const, member })),
        );
        return store.rooms();
      },
    };
  }

  test('is removed when it was away for too long, also if another server ran meanwhile', async () => {
    const now = Date.now();
    const store = storeWith(
      { id: '1', user: 'long ago', joinedAt: 1, awaySince: now - 2 * HOUR_MS },
      { id: '2', user: 'nearly', joinedAt: 2, awaySince: now - HOUR_MS + 1_000 },
      { id: '3', user: 'just now', joinedAt: 3, awaySince: now },
    );
    let expired: Promise<unknown> = Promise.resolve();
    let nearlyExpired: Promise<unknown> = Promise.resolve();
    const { server } = await startServer({ store, membership: { ttlSeconds: 3_600 } }, (server) => {
      expired = nextEvent(server, 'member.left', ({ member }) => member.user === 'long ago');
      nearlyExpired = nextEvent(server, 'member.left', ({ member }) => member.user === 'nearly');
    });
    expect(await expired).toEqual({
      room: 'room1',
      member: { id: '1', user: 'long ago' },
      reason: 'expired',
    });
    expect(await nearlyExpired).toMatchObject({ reason: 'expired' });
    expect(await server.members('room1')).toMatchObject([{ id: '3', user: 'just now', state: 'away' }]);
  });

  test('keeps its room open, and the room is closed when the user is removed', async () => {
    const store = storeWith({ id: '1', user: 'ann', joinedAt: 1, awaySince: Date.now() - HOUR_MS + 1_000 });
    const options: ServerOptions = { store, membership: { ttlSeconds: 3_600 }, lingerSeconds: 0 };
    let events: Promise<unknown>[] = [];
    await startServer(options, (server) => {
      events = [
        nextEvent(server, 'room.opened'),
        nextEvent(server, 'member.left'),
        nextEvent(server, 'room.closed'),
      ];
    });
    expect(await Promise.all(events)).toMatchObject([
      { room: 'room1' },
      { reason: 'expired' },
      { room: 'room1' },
    ]);
    expect((await store.load('room1')).members).toEqual([]);
  });

  test('takes no seat, and may be refused when it comes back', async () => {
    const store = storeWith({ id: '1', user: 'ann', joinedAt: 1 }, { id: '2', user: 'bob', joinedAt: 2 });
    const { server, connect } = await startServer({
      store,
      line: { userParameter: true },
      rooms: {
        room1: {
          capacity: 1,
          onJoin: ({ member, resumed }) =>
            member.user === 'bob' ? { refused: `banned, ${resumed}` } : undefined,
        },
      },
    });
    const ann = await connect({ path: '/?user=ann' });
    expect(await ann.next()).toBe('Subscribe roomNum:room1 success!');
    const bob = await connect({ path: '/?user=bob' });
    expect(await bob.next()).toBe('Error: room1 is full');
    expect(await server.members('room1')).toMatchObject([{ user: 'ann' }, { user: 'bob', state: 'away' }]);
    await ann.ask('unsubscribe|room1');
    const again = await connect({ path: '/?user=bob' });
    expect(await again.next()).toBe('Error: banned, true');
    expect(await server.members('room1')).toEqual([]);
  });
});

describe('after a crash', () => {
  const ROOMS = ['room1', 'room2', 'Room2'];
  const CLIENTS = 6;

  test('every join that a strict server has answered is stored', { timeout: 120_000 }, async () => {
    const dir = await makeTempDir();
    /** By room: the users whose join was answered, in any round. */
    const answered = new Map<string, Set<string>>(ROOMS.map((room) => [room, new Set()]));
    let swept = 0;
    let answeredAnonymous = 0;

    for (let round = 0; round < CRASH_ROUNDS; round += 1) {
      const child = await startProcess(['--data-dir', dir, '--log-level', 'silent'], {
        STATECAST_MEMBERSHIP_DURABILITY: 'strict',
        STATECAST_LINE_USER_PARAMETER: 'true',
      });
      let answers = 0;
      const killAfter = 1 + Math.floor(Math.random() * ROOMS.length * CLIENTS);
      const clients = await Promise.all(
        Array.from({ length: CLIENTS }, async (_, index) => {
          const user = index % 2 === 0 ? `user ${round}-${index}` : undefined;
          const client = await child.connect({ path: user === undefined ? '/' : `/?user=${user}` });
          return { client, user };
        }),
      );
      const ends = clients.map(async ({ client, user }) => {
        client.send(...ROOMS.map((room) => `subscribe|${room}`));
        try {
          for (;;) {
            const room = /^Subscribe roomNum:(.*) success!$/.exec(await client.next())?.[1] ?? '';
            if (user === undefined) answeredAnonymous += 1;
            else answered.get(room)?.add(user);
            answers += 1;
            if (answers === killAfter) child.kill('SIGKILL');
          }
        } catch {
          // The socket closed with its server.
        }
      });
      await Promise.all(ends);
      expect(await child.exited).toMatchObject({ signal: 'SIGKILL' });

      const failures: unknown[] = [];
      const left: ServerEvents['member.left'][] = [];
      const { server } = await startServer(storedIn(dir), (server) => {
        server.on('store.failed', ({ error }) => failures.push(error));
        server.on('member.left', (event) => left.push(event));
      });
      for (const [room, users] of answered) {
        const away = await server.members(room);
        expect(away.every(({ state }) => state === 'away')).toBe(true);
        expect(away.map(({ user }) => user)).toEqual(expect.arrayContaining([...users]));
      }
      expect(failures).toEqual([]);
      expect(left.filter(({ reason, member }) => reason !== 'swept' || 'user' in member)).toEqual([]);
      swept += left.length;
      await server.close();
      const files = await readdir(dir);
      expect(files.filter((name) => !name.endsWith('.json'))).toEqual([]);
    }
    expect(swept).toBeGreaterThanOrEqual(answeredAnonymous);
    expect([...answered.values()].some((users) => users.size > 0)).toBe(true);
  });

  test('a file that is not readable is set aside and reported, and its room starts empty', async () => {
    const dir = await makeTempDir();
    const first = await startServer(storedIn(dir));
    const ann = await first.connect({ path: '/?user=ann' });
    await ann.join('broken');
    await ann.join('whole');
    await first.server.close();
    const broken = (await readdir(dir)).find((name) => name.startsWith('broken-')) ?? '';
    await writeFile(join(dir, broken), '{"schema":1,"room":"bro');

    const failures: { error: unknown; setAside?: string }[] = [];
    const { server, connect, request } = await startServer(storedIn(dir), (server) => {
      server.on('store.failed', (failure) => failures.push(failure));
    });
    expect(failures).toHaveLength(1);
    const { error, setAside = '' } = failures[0]!;
    expect(String(error)).toContain(broken);
    expect(setAside).toContain(`${broken}.broken-`);
    expect(await readFile(setAside, 'utf8')).toBe('{"schema":1,"room":"bro');
    expect(await server.members('broken')).toEqual([]);
    expect(await server.members('whole')).toMatchObject([{ user: 'ann', state: 'away' }]);
    expect((await request('/health')).status).toBe(200);
    expect(server.health().status).toBe('ok');

    // Later writes do not change the file that was set aside.
    await (await connect({ path: '/?user=bob' })).join('broken');
    await server.close();
    expect(await readFile(setAside, 'utf8')).toBe('{"schema":1,"room":"bro');
    const third = await startServer(storedIn(dir));
    expect(await third.server.members('broken')).toMatchObject([{ user: 'bob', state: 'away' }]);
  });
});

describe('while the store fails', () => {
  /** Replaces the data directory by a plain file. The returned function undoes it. */
  async function breakDirectory(dir: string): Promise<() => Promise<void>> {
    await rename(dir, `${dir}-hidden`);
    await writeFile(dir, '');
    return async () => {
      await rm(dir);
      await rename(`${dir}-hidden`, dir);
    };
  }

  test('members join, publish and leave, /health shows the failure, and all is written when the store works', async () => {
    const dir = join(await makeTempDir(), 'data');
    const { server, connect, request } = await startServer(storedIn(dir));
    const [ann, bob] = [await connect({ path: '/?user=ann' }), await connect({ path: '/?user=bob' })];
    await ann.join('room1');

    const repair = await breakDirectory(dir);
    const failed = nextEvent(server, 'store.failed', ({ room }) => room === 'room1');
    await bob.join('room1');
    expect(await failed).toMatchObject({ room: 'room1', error: expect.any(Error) });
    expect(await bob.ask('unsubscribe|room1')).toBe('Unsubscribe roomNum:room1 success!');
    await bob.join('room1');
    await bob.join('room2');
    expect(await ann.ask(sendByRoom('room1', 'still here'))).toBe('still here');
    expect(await bob.next()).toBe('still here');
    const degraded = await request('/health');
    expect(degraded.status).toBe(200);
    expect(JSON.parse(degraded.body)).toMatchObject({
      status: 'degraded',
      store: 'failing',
      errors: expect.arrayContaining([{ room: 'room1', message: expect.stringContaining(dir) }]),
    });

    const recovered = ['room1', 'room2'].map((name) =>
      nextEvent(server, 'store.recovered', ({ room }) => room === name),
    );
    await repair();
    await Promise.all(recovered);
    const { status, store, errors } = server.health();
    expect({ status, store, errors }).toEqual({ status: 'ok', store: 'ok', errors: undefined });
    await server.close();

    const second = await startServer(storedIn(dir));
    const away = async (room: string) => new Set((await second.server.members(room)).map(({ user }) => user));
    expect(await away('room1')).toEqual(new Set(['ann', 'bob']));
    expect(await away('room2')).toEqual(new Set(['bob']));
  });

  test('a strict server refuses joins, keeps its members, and members can leave', async () => {
    const dir = join(await makeTempDir(), 'data');
    const { server, connect } = await startServer(storedIn(dir, { membership: { durability: 'strict' } }));
    const [ann, bob] = [await connect({ path: '/?user=ann' }), await connect({ path: '/?user=bob' })];
    await ann.join('room1');
    const repair = await breakDirectory(dir);
    const refusal = 'Error: the join could not be recorded, try again later';
    expect(await bob.ask('subscribe|room1')).toBe(refusal);
    expect(await bob.ask('subscribe|room1')).toBe(refusal);
    expect(await server.members('room1')).toHaveLength(1);
    ann.send(sendByRoom('room1', 'still here'), 'unsubscribe|room1');
    expect(await ann.settle()).toEqual(['still here', SENT, 'Unsubscribe roomNum:room1 success!']);

    const recovered = nextEvent(server, 'store.recovered', ({ room }) => room === 'room1');
    await repair();
    await recovered;
    await bob.join('room1');
    await server.close();
    const second = await startServer(storedIn(dir));
    expect(await second.server.members('room1')).toMatchObject([{ user: 'bob', state: 'away' }]);
  });

  test('the server can still be closed, and reports what it could not write', async () => {
    const dir = join(await makeTempDir(), 'data');
    const { server, connect } = await startServer(storedIn(dir, { drainSeconds: 1 }));
    const ann = await connect({ path: '/?user=ann' });
    await ann.join('room1');
    await breakDirectory(dir);
    const failed = nextEvent(server, 'store.failed');
    const stopped = nextEvent(server, 'server.stopped');
    await ann.join('room2');
    await failed;
    await server.close();
    expect(await ann.closed).toEqual({ code: 3001, reason: 'shutdown' });
    expect(await stopped).toEqual({ reason: 'deadline' });
    expect(existsSync(dir)).toBe(true);
  });

  test('at the start, listening fails and says why', async () => {
    const dir = join(await makeTempDir(), 'data');
    await writeFile(dir, '');
    await expect(startServer(storedIn(dir))).rejects.toMatchObject({
      code: expect.stringMatching(/^E/),
      message: expect.stringContaining(dir),
    });
  });

  test('requests are answered as usual', async () => {
    const dir = join(await makeTempDir(), 'data');
    const { connect, request } = await startServer(storedIn(dir));
    const ann = await connect();
    await ann.join('room1');
    const repair = await breakDirectory(dir);
    expect(await request('/Index/pushByRoom?roomNum=room1&message=hi')).toMatchObject({ status: 200 });
    expect(await request('/Index/pushByRoom?roomNum=room2&message=hi')).toMatchObject({ status: 200 });
    expect(readError(await request('/Index/pushByRoom?roomNum=room2')).code).toBe(400);
    expect(await ann.settle()).toEqual(['hi']);
    await repair();
  });
});
