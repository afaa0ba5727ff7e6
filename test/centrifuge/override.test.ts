/** `override`: what tokens, backends and the owner decide for one member in place of the settings of its room. */

import { describe, expect, test } from 'vitest';
import { SECRET, signToken } from '../../src/auth/token-harness.ts';
import type { ServerOptions } from '../../src/index.ts';
import { ask } from '../support/api-request.ts';
import {
  believeData,
  connectCentrifuge,
  openCentrifuge,
  type Message,
} from '../support/centrifuge-client.ts';
import { nextEvent } from '../support/event-watch.ts';
import { startHookBackend } from '../support/hook-backend.ts';
import { startServer, type RunningServer } from '../support/start-server.ts';

interface Way {
  readonly options: () => Promise<ServerOptions>;
  /** What tells that a part is refused. */
  readonly refusal: RegExp;
  /** What the client is told of the room `a`, which it is in then. */
  readonly enter: (running: RunningServer, said: Message) => Promise<{ id: string; told: Message }>;
}

interface Said {
  readonly override?: object;
}

async function askBackend(question: 'connect' | 'subscribe'): Promise<ServerOptions> {
  const backend = await startHookBackend(({ body }) => {
    const { override } = Object(body['data']) as Said;
    const inRoom = override === undefined ? {} : { override };
    const isConnect = question === 'connect' && override !== undefined;
    return { result: isConnect ? { subs: { a: inRoom } } : inRoom };
  });
  return { hooks: { [question]: { url: backend.url } } };
}

const TOKENS = (): Promise<ServerOptions> => Promise.resolve({ auth: { hmacSecret: SECRET } });
const ORDERS = (): Promise<ServerOptions> => Promise.resolve({ authenticate: believeData });

async function connectInto(running: RunningServer, request: Message) {
  const client = await openCentrifuge(running);
  const { client: id, subs } = await client.connect(request);
  return { id: id as string, told: (subs as Record<string, Message>)['a']! };
}

const WAYS: Readonly<Record<string, Way>> = {
  'the token of a subscription': {
    options: TOKENS,
    refusal: /"code":103/,
    async enter(running, override) {
      const client = await connectCentrifuge(running, { token: await signToken({ sub: 'bo' }) });
      const token = await signToken({ sub: 'bo', channel: 'a', override });
      return { id: client.id, told: await client.subscribe('a', { token }) };
    },
  },
  'the token of a connection': {
    options: TOKENS,
    refusal: /closed with 3500/,
    enter: async (running, override) =>
      connectInto(running, { token: await signToken({ sub: 'bo', subs: { a: { override } } }) }),
  },
  'the server API': {
    options: ORDERS,
    refusal: /"code":107/,
    async enter(running, override) {
      const client = await connectCentrifuge(running, { data: 'bo' });
      const answer = await ask(running, 'subscribe', { client: client.id, channel: 'a', override });
      if ('error' in Object(answer)) throw new Error(JSON.stringify(answer));
      return { id: client.id, told: await client.push('subscribe', 'a') };
    },
  },
  'the answer to a question about a subscription': {
    options: () => askBackend('subscribe'),
    refusal: /"code":100/,
    async enter(running, override) {
      const client = await connectCentrifuge(running);
      return { id: client.id, told: await client.subscribe('a', { data: { override } }) };
    },
  },
  'the answer to a question about a connection': {
    options: () => askBackend('connect'),
    refusal: /"code":100/,
    enter: (running, override) => connectInto(running, { data: { override } }),
  },
};

const yes = { value: true };
const no = { value: false };

async function start({ options }: Way, room: object) {
  const running = await startServer({ ...(await options()), rooms: { a: room } });
  const ann = await connectCentrifuge(running);
  await ann.subscribe('a');
  return { running, ann };
}

/** Whose joins a client was told of until now, besides its own. */
async function joinsOf(ann: Awaited<ReturnType<typeof connectCentrifuge>>): Promise<unknown[]> {
  const messages = await ann.settle();
  return messages
    .map(({ push }) => (push as { join?: { info: { client: string } } } | undefined)?.join?.info.client)
    .filter((id) => id !== undefined && id !== ann.id);
}

describe.each(Object.entries(WAYS))('%s', (_, way) => {
  test('has a member listed by the presence or not', async () => {
    const { running, ann } = await start(way, {});
    await way.enter(running, { presence: no });
    const listed = await way.enter(running, { presence: yes });
    const reply = await ann.ask({ presence: { channel: 'a' } });
    const { presence } = reply['presence'] as { presence: object };
    expect(Object.keys(presence).toSorted()).toEqual([ann.id, listed.id].toSorted());
  });

  test('has the others told of a member or not', async () => {
    const quiet = await start(way, {});
    const told = await way.enter(quiet.running, { join_leave: yes });
    await way.enter(quiet.running, {});
    expect(await joinsOf(quiet.ann)).toEqual([told.id]);
    const loud = await start(way, { joinLeave: true });
    await way.enter(loud.running, { join_leave: no });
    const usual = await way.enter(loud.running, { force_push_join_leave: yes });
    expect(await joinsOf(loud.ann)).toEqual([usual.id]);
  });

  test('makes a subscription recoverable where the room does not', async () => {
    const { running } = await start(way, { history: { size: 10, recover: false } });
    const { told } = await way.enter(running, { force_recovery: yes });
    expect(told).toMatchObject({ recoverable: true, positioned: true });
    const usual = await way.enter(running, { force_positioning: yes });
    expect(usual.told).toMatchObject({ positioned: true });
    expect(usual.told).not.toHaveProperty('recoverable');
  });

  test('forces nothing with a part that is switched off', async () => {
    const { running } = await start(way, { history: { size: 10 } });
    const off = { force_recovery: no, force_positioning: no, force_push_join_leave: no };
    const { told } = await way.enter(running, off);
    expect(told).toMatchObject({ recoverable: true, positioned: true });
  });

  test('is refused in another shape', async () => {
    const { running } = await start(way, {});
    await expect(way.enter(running, { presence: false })).rejects.toThrow(way.refusal);
    expect(await running.server.members('a')).toHaveLength(1);
  });
});

test('a client with force_recovery gets what it missed', async () => {
  const running = await startServer({
    ...(await TOKENS()),
    rooms: { a: { history: { size: 10, recover: false } } },
  });
  const token = await signToken({ sub: '', channel: 'a', override: { force_recovery: yes } });
  const client = await connectCentrifuge(running);
  const { epoch } = await client.subscribe('a', { token });
  await running.server.publish('a', 1);
  const later = await connectCentrifuge(running);
  expect(await later.subscribe('a', { token, recover: true, offset: 0, epoch })).toMatchObject({
    recovered: true,
    publications: [{ data: 1, offset: 1 }],
  });
});

test('a leave is told or not as the join was', async () => {
  const { running, ann } = await start(WAYS['the server API']!, { joinLeave: true });
  const bo = await connectCentrifuge(running, { data: 'bo' });
  await running.server.subscribe({ connection: bo.id }, 'a', { override: { joinLeave: false } });
  await bo.push('subscribe', 'a');
  await bo.ask({ unsubscribe: { channel: 'a' } });
  await ann.push('join', 'a');
  expect(await ann.settle()).toEqual([]);
});

test('the library refuses what is no override', async () => {
  const { server } = await startServer();
  const override = { presence: { value: true } } as object;
  const subscribing = async () => server.subscribe('ann', 'a', { override });
  await expect(subscribing()).rejects.toThrow(/override may have/);
});

test('a client that takes over a room where its user was away is listed as its new token says', async () => {
  const running = await startServer(await TOKENS());
  const request = { token: await signToken({ sub: 'ann' }) };
  const tokenOf = (override: object) => signToken({ sub: 'ann', channel: 'a', override });
  let client = await connectCentrifuge(running, request);
  await client.subscribe('a', { token: await tokenOf({}) });
  for (const [override, count] of [
    [{ presence: no }, 0],
    [{}, 1],
  ] as const) {
    const away = nextEvent(running.server, 'member.away');
    client.terminate();
    await away;
    client = await connectCentrifuge(running, request);
    expect(await running.server.members('a')).toMatchObject([{ state: 'joined', id: client.id }]);
    await client.subscribe('a', { token: await tokenOf(override) });
    expect(await ask(running, 'presence_stats', { channel: 'a' })).toMatchObject({
      result: { num_clients: count },
    });
  }
});
