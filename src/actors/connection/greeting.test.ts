import { expect, test } from 'vitest';
import { CENTRIFUGE, createHarness, join, pass, settle } from '../actor-harness.ts';
import type { Authenticator, IdentityOutcome } from './authenticator.ts';

const SECOND = 1_000;

/** Answers when the test says so. */
function makeAuthenticator(outcome: IdentityOutcome) {
  let answer: () => void = () => undefined;
  const answered = new Promise<void>((resolve) => {
    answer = resolve;
  });
  const authenticator: Authenticator = {
    refreshes: true,
    identify: async () => {
      await answered;
      return outcome;
    },
    refresh: async () => outcome,
    prove: async () => ({ type: 'granted', grant: {} }),
  };
  return { authenticator, answer };
}

test('a client that does not connect within 10 seconds is stale', async () => {
  const { clock, connect } = createHarness({ protocol: CENTRIFUGE });
  const client = connect();
  await pass(clock, 9.5 * SECOND);
  expect(client.closedWith).toBeUndefined();
  await pass(clock, 0.75 * SECOND);
  expect(client.closedWith).toBe('stale');
  expect(clock.timers).toBe(0);
});

test('a client that connects in time is not', async () => {
  const { clock, connect } = createHarness({ protocol: { ...CENTRIFUGE, pings: false } });
  const client = connect();
  client.send({ type: 'connect', id: 1 });
  await pass(clock, 60 * SECOND);
  expect(client.closedWith).toBeUndefined();
});

test('a client whose connect has ended in an error is stale at the same deadline', async () => {
  const refusal = { error: 'tokenExpired', message: 'token expired' } as const;
  const { authenticator, answer } = makeAuthenticator({ type: 'refused', refusal });
  const { clock, connect } = createHarness({ protocol: CENTRIFUGE, authenticator });
  const client = connect();
  client.send({ type: 'connect', id: 1 }, join('a'));
  answer();
  await settle();
  expect(client.frames).toEqual([{ type: 'refused', id: 1, refusal }]);
  await pass(clock, 9 * SECOND);
  expect(client.closedWith).toBeUndefined();
  await pass(clock, 1.25 * SECOND);
  expect(client.closedWith).toBe('stale');
});

test('an answer that comes after the deadline opens nothing', async () => {
  const { authenticator, answer } = makeAuthenticator({
    type: 'known',
    identity: { user: 'ann', rooms: { a: {} } },
  });
  const { clock, connect, directory, toldOf } = createHarness({ protocol: CENTRIFUGE, authenticator });
  const client = connect();
  client.send({ type: 'connect', id: 1 });
  await pass(clock, 10.25 * SECOND);
  expect(client.closedWith).toBe('stale');
  answer();
  await settle();
  expect(client.frames).toEqual([]);
  expect(toldOf('connection.opened')).toEqual([]);
  expect(directory.connections.size).toBe(0);
  expect(directory.rooms.size).toBe(0);
  expect(clock.timers).toBe(0);
});

test('a user whose connections are as many as it may have gets no more, until one of them ends', () => {
  const { connect, toldOf } = createHarness({ connectionsPerUser: 2 });
  const [first, second, third] = [connect('ada'), connect('ada'), connect('ada')];
  expect([first, second, third].map(({ closedWith }) => closedWith)).toEqual([
    undefined,
    undefined,
    'connectionLimit',
  ]);
  expect(toldOf('problem.noted')).toEqual([
    expect.objectContaining({
      kind: 'closed',
      user: 'ada',
      guards: [
        { name: 'isUnwanted', holds: false },
        { name: 'isOneTooMany', holds: true },
      ],
      code: 3504,
      limit: { name: 'limits.connectionsPerUser', value: 2, actual: 3 },
    }),
  ]);
  expect(connect('bob').closedWith).toBeUndefined();
  expect(connect().closedWith).toBeUndefined();
  for (const client of [first, third]) client.lose();
  expect(connect('ada').closedWith).toBeUndefined();
});

test('a user who is known by a token only is counted too', async () => {
  const { authenticator, answer } = makeAuthenticator({ type: 'known', identity: { user: 'ada' } });
  const { connect, toldOf } = createHarness({ protocol: CENTRIFUGE, authenticator, connectionsPerUser: 1 });
  const clients = [connect(), connect()];
  for (const client of clients) client.send({ type: 'connect', id: 1 });
  answer();
  await settle();
  expect(clients.map(({ closedWith }) => closedWith)).toEqual([undefined, 'connectionLimit']);
  expect(toldOf('problem.noted')).toMatchObject([
    { code: 3504, limit: { name: 'limits.connectionsPerUser', value: 1, actual: 2 }, user: 'ada' },
  ]);
  expect(toldOf('problem.noted')[0]?.guards?.at(-1)).toEqual({ name: 'makesTooMany', holds: true });
});
