import { describe, expect, test } from 'vitest';
import type { EndpointState } from '../../tars/servant-link.ts';
import { settle, until } from '../actor-harness.ts';
import { createProxy, failed, replied } from './tars-proxy-harness.ts';

const endpoint = (port: number, more: Partial<EndpointState> = {}): EndpointState => ({
  host: 'a',
  port,
  isConnected: true,
  circuit: 'closed',
  failures: 0,
  ...more,
});

describe('the circuit of a servant with several endpoints', () => {
  /** Lets so many calls time out. */
  async function timeOut(states: readonly EndpointState[], calls = 6) {
    const made = createProxy({ failuresToOpen: 3 });
    await made.connect();
    made.link.states = states;
    for (let left = calls; left > 0; left--) {
      made.call({ deadlineMs: 100 });
      made.clock.increment(100);
    }
    return made;
  }

  test('stays closed while one of them answers', async () => {
    const { call, link, state } = await timeOut([endpoint(1, { circuit: 'open', failures: 5 }), endpoint(2)]);
    expect(state()).toEqual({ ready: { circuit: 'closed' } });
    const next = call();
    link.answer();
    expect(next).toEqual(replied);
  });

  test.each([
    ['are out of use', endpoint(2, { circuit: 'open', failures: 3 })],
    ['are tried', endpoint(2, { circuit: 'halfOpen' })],
    ['are not connected', endpoint(2, { isConnected: false })],
    ['have as many failures', endpoint(2, { failures: 2 })],
  ])('opens when the others %s', async (_, other) => {
    const { call, state } = await timeOut([endpoint(1, { circuit: 'open', failures: 3 }), other]);
    expect(state()).toEqual({ ready: { circuit: { open: 'connected' } } });
    expect(call()).toEqual(failed('circuitOpen'));
  });

  test('opens at once when the last connection was silent, and one call tries the next one', async () => {
    const { call, link, state, clock } = await timeOut([], 2);
    link.lose(true);
    expect(state()).toEqual({ ready: { circuit: { open: 'severed' } } });
    expect(call()).toEqual(failed('circuitOpen'));
    clock.increment(1_000);
    const [attempt, other] = [call(), call()];
    await settle();
    expect([state(), other]).toEqual([{ ready: { circuit: { halfOpen: 'trying' } } }, failed('circuitOpen')]);
    link.answer();
    expect(attempt).toEqual(replied);
  });

  test('goes on with a try when another connection ends', async () => {
    const { call, link, state, clock } = await timeOut([], 3);
    clock.increment(1_000);
    const attempt = call();
    link.loseOne([4711]);
    expect(state()).toEqual({ ready: { circuit: { halfOpen: 'trying' } } });
    link.answer();
    expect(attempt).toEqual(replied);
  });

  test('tells the log which endpoints are out of use', async () => {
    const { link, told } = await timeOut([endpoint(1), endpoint(2)], 0);
    link.change({ host: 'a', port: 1 }, 'open');
    expect(told.at(-1)).toEqual({
      name: 'servant.endpoint',
      event: { servant: 'hello', endpoint: 'tcp -h a -p 1', circuit: 'open' },
    });
  });
});

describe('a try of an open circuit', () => {
  async function openCircuit() {
    const made = createProxy({ failuresToOpen: 1 });
    await made.connect();
    made.call({ deadlineMs: 100 });
    made.clock.increment(100);
    expect(made.state()).toEqual({ ready: { circuit: { open: 'connected' } } });
    return made;
  }

  test('is no one-way call, which would show nothing', async () => {
    const { call, link, state, clock } = await openCircuit();
    clock.increment(1_000);
    expect(call({ oneWay: true })).toEqual(failed('circuitOpen'));
    expect(state()).toEqual({ ready: { circuit: { halfOpen: 'inviting' } } });
    const attempt = call();
    link.answer();
    expect(attempt).toEqual(replied);
  });

  test('is followed by another when the link did not take it', async () => {
    const { call, link, state, clock } = await openCircuit();
    clock.increment(1_000);
    link.isFull = true;
    const attempt = call({ deadlineMs: 100 });
    clock.increment(100);
    expect(attempt).toHaveLength(1);
    expect(state()).toEqual({ ready: { circuit: { halfOpen: 'inviting' } } });
    link.isFull = false;
    const next = call();
    link.answer();
    expect(next).toEqual(replied);
  });

  test('is the next call when none has waited for the new connection', async () => {
    const { call, link, state, clock } = await openCircuit();
    link.lose();
    clock.increment(1_000);
    expect(state()).toEqual({ idle: 'rested' });
    const oneWay = call({ oneWay: true });
    await until(() => oneWay.length === 1);
    expect([oneWay, state()]).toEqual([
      failed('circuitOpen'),
      { ready: { circuit: { halfOpen: 'inviting' } } },
    ]);
    const attempt = call();
    link.answer();
    expect(attempt).toEqual(replied);
  });
});

describe('an idempotent call that is late', () => {
  async function sendLate(states = [endpoint(1), endpoint(2)], idempotent = true) {
    const made = createProxy();
    await made.connect();
    made.link.states = states;
    const outcome = made.call({ deadlineMs: 1_000, idempotent });
    made.clock.increment(500);
    return { ...made, outcome };
  }

  test('is sent once more, to another endpoint, when half of its time has passed', async () => {
    const { link, outcome, clock } = await sendLate();
    expect(link.sent).toMatchObject([
      { timeoutMs: 1_000 },
      { timeoutMs: 500, avoid: { host: 'a', port: 1 } },
    ]);
    link.answer(link.sent[1]);
    expect(outcome).toEqual(replied);
    // The first endpoint had more time, and did not answer.
    expect([link.expired, link.forgotten]).toEqual([[link.sent[0]?.requestId], []]);
    clock.increment(500);
    expect([link.sent.length, outcome.length]).toEqual([2, 1]);
  });

  test('takes the reply to its first attempt too', async () => {
    const { link, outcome, proxy } = await sendLate();
    link.answer(link.sent[0]);
    expect(outcome).toEqual(replied);
    expect([link.expired, link.forgotten]).toEqual([[], [link.sent[1]?.requestId]]);
    expect(proxy.getSnapshot().context.calls.isEmpty).toBe(true);
  });

  test('goes on when the connection of one attempt is lost', async () => {
    const { link, outcome } = await sendLate();
    link.loseOne([link.sent[0]?.requestId ?? 0]);
    expect(outcome).toEqual([]);
    link.answer(link.sent[1]);
    expect(outcome).toEqual(replied);
  });

  test('has timed out at its deadline, with both endpoints', async () => {
    const { link, outcome, clock } = await sendLate();
    clock.increment(500);
    expect(outcome).toEqual([
      expect.objectContaining({
        failure: 'timedOut',
        cause: new Error('no answer from tcp -h a -p 1 and tcp -h a -p 2'),
      }),
    ]);
    expect(link.expired).toEqual(link.sent.map(({ requestId }) => requestId));
  });

  test.each([
    ['there is no other endpoint', [endpoint(1)], true],
    ['the other one does not answer', [endpoint(1), endpoint(2, { circuit: 'open' as const })], true],
    ['the call is not idempotent', [endpoint(1), endpoint(2)], false],
  ])('is not sent again when %s', async (_, states, idempotent) => {
    const { link, outcome } = await sendLate(states, idempotent);
    expect([link.sent.length, outcome]).toEqual([1, []]);
    link.answer(link.sent[0]);
    expect(outcome).toEqual(replied);
  });
});

test('an idempotent call that was lost is tried once more, and not at the endpoint where it was lost', async () => {
  const { call, connect, link, clock } = createProxy();
  await connect();
  link.states = [endpoint(1), endpoint(2)];
  const outcome = call({ idempotent: true });
  link.loseOne([link.sent[0]?.requestId ?? 0]);
  clock.increment(500);
  expect(link.sent).toMatchObject([{}, { avoid: { host: 'a', port: 1 } }]);
  link.loseOne([link.sent[1]?.requestId ?? 0]);
  clock.increment(500);
  expect([link.sent.length, outcome]).toEqual([2, failed('connectionLost')]);
});
