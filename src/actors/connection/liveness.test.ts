import { describe, expect, test } from 'vitest';
import { CENTRIFUGE, createHarness, leave, pass, settle, type FakeClient } from '../actor-harness.ts';

const SECOND = 1_000;

/** A client that has connected. Its first ping is due after three quarters of the 25 seconds. */
function start() {
  const harness = createHarness({ protocol: CENTRIFUGE });
  const client = harness.connect();
  client.send({ type: 'connect', id: 1 });
  return { ...harness, client };
}

const pingsOf = ({ frames }: FakeClient): number =>
  frames.filter((frame) => (frame as { type?: string }).type === 'ping').length;

describe('pings', () => {
  test('begin between half an interval and one, and then come each interval', async () => {
    const { clock, client } = start();
    await pass(clock, 18.5 * SECOND);
    expect(pingsOf(client)).toBe(0);
    await pass(clock, 0.5 * SECOND);
    expect(pingsOf(client)).toBe(1);
    for (let n = 2; n < 6; n += 1) {
      await pass(clock, 3 * SECOND);
      client.send({ type: 'pong' });
      await pass(clock, 21.5 * SECOND);
      expect(pingsOf(client)).toBe(n - 1);
      await pass(clock, 0.5 * SECOND);
      expect(pingsOf(client)).toBe(n);
    }
    expect(client.closedWith).toBeUndefined();
  });

  test('that are not answered within 8 seconds close the socket', async () => {
    const { clock, client } = start();
    await pass(clock, 19 * SECOND);
    await pass(clock, 7.5 * SECOND);
    expect(client.closedWith).toBeUndefined();
    await pass(clock, 0.75 * SECOND);
    expect(client.closedWith).toBe('noPong');
    expect(clock.timers).toBe(0);
  });

  test('are answered by a pong only, and once', async () => {
    const { clock, client } = start();
    await pass(clock, 19 * SECOND);
    client.send({ ...leave('a'), id: 2 });
    expect(client.closedWith).toBeUndefined();
    client.send({ type: 'pong' });
    expect(client.closedWith).toBeUndefined();
    client.send({ type: 'pong' });
    expect(client.closedWith).toBe('badRequest');
  });

  test('go on while the server shuts down and the client waits for an answer', async () => {
    let answer: () => void = () => undefined;
    const answered = new Promise<void>((resolve) => {
      answer = resolve;
    });
    const { clock, connect } = createHarness({
      protocol: CENTRIFUGE,
      application: {
        call: async () => {
          await answered;
          return { type: 'result', result: 1 };
        },
        takesMessages: false,
        take: () => undefined,
      },
    });
    const client = connect();
    client.send({ type: 'connect', id: 1 }, { type: 'server.call', method: 'm', data: null, id: 2 });
    client.actor?.send({ type: 'server.draining' });
    await pass(clock, 19 * SECOND);
    client.send({ type: 'pong' });
    await pass(clock, 10 * SECOND);
    expect(client.closedWith).toBeUndefined();
    answer();
    await settle();
    expect(client.frames.at(-1)).toMatchObject({ type: 'called', id: 2 });
    expect(client.closedWith).toBe('shutdown');
  });

  test('end with the connection', async () => {
    const { clock, client } = start();
    await pass(clock, 19 * SECOND);
    client.lose();
    expect(clock.timers).toBe(0);
  });

  test('do not come to a client of another protocol', async () => {
    const { clock, connect } = createHarness();
    const client = connect();
    await pass(clock, 60 * SECOND);
    expect(client.frames).toEqual([]);
    expect(clock.timers).toBe(0);
  });
});
