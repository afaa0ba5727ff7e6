import { CLOCK_STEPS } from '../../system/clock-harness.ts';
import { describe, expect, test } from 'vitest';
import { LinkError } from '../../tars/servant-link.ts';
import { settle, until } from '../actor-harness.ts';
import { createProxy, failed, replied } from './tars-proxy-harness.ts';

describe('a proxy', () => {
  test('connects at the first call, which waits for the connection', async () => {
    const { call, link, state } = createProxy();
    expect([state(), link.opens]).toEqual([{ idle: 'rested' }, 0]);
    const outcome = call();
    expect(state()).toBe('connecting');
    await until(() => link.sent.length === 1);
    expect(state()).toEqual({ ready: { circuit: 'closed' } });
    link.answer();
    expect(outcome).toEqual(replied);
  });

  test('reports a servant that is not running, waits, and connects when the servant is started again', async () => {
    const { call, link, clock, state, told } = createProxy();
    link.refusal = new LinkError('refused', 'nobody listens');
    const first = call();
    await until(() => first.length === 1);
    expect(first).toEqual(failed('refused'));
    expect(state()).toEqual({ idle: 'resting' });
    expect(call()).toEqual(failed('refused'));
    expect(told.map(({ name }) => name)).toEqual(['servant.unreachable']);
    link.refusal = undefined;
    clock.increment(50);
    const back = call();
    await until(() => link.sent.length === 1);
    link.answer();
    expect(back).toEqual(replied);
    expect(told.at(-1)).toEqual({ name: 'servant.connected', event: { servant: 'hello' } });
  });

  test.each(['noRoute', 'registryUnreachable', 'noEndpoint'] as const)(
    'fails a call with %s if connecting fails with it',
    async (code) => {
      const { call, link } = createProxy();
      link.refusal = new LinkError(code, 'no');
      const outcome = call();
      await until(() => outcome.length === 1);
      expect(outcome).toEqual(failed(code));
    },
  );

  test('fails a call at its deadline, and counts a late reply', async () => {
    const { call, connect, link, clock, proxy } = createProxy();
    await connect();
    const outcome = call({ deadlineMs: 100 });
    clock.increment(100);
    expect(outcome).toEqual(failed('timedOut'));
    expect(link.expired).toHaveLength(1);
    link.answer();
    expect(outcome).toHaveLength(1);
    expect(proxy.getSnapshot().context.calls.late).toBe(1);
  });

  test('tells a call that was never sent that it is late, unless the last connect failed', async () => {
    const { call, link, clock } = createProxy({ maxInFlight: 1 });
    link.connecting = new Promise((resolve) => {
      clock.setTimeout(resolve, 2_000);
    });
    const [first, second] = [call({ deadlineMs: 1_000 }), call({ deadlineMs: 0 })];
    clock.increment(1_000);
    expect([first, second]).toEqual([failed('timedOut'), failed('timedOut')]);
    link.refusal = new LinkError('registryUnreachable', 'silent');
    clock.increment(1_000);
    await settle();
    expect(call()).toEqual(failed('registryUnreachable'));
    clock.increment(2_000);
    link.connecting = new Promise((resolve) => {
      clock.setTimeout(resolve, 2_000);
    });
    const third = call({ deadlineMs: 1_000 });
    clock.increment(1_000);
    expect(third).toEqual(failed('registryUnreachable'));
    link.refusal = undefined;
    clock.increment(1_000);
    call();
    await until(() => link.sent.length === 1);
    const waiting = call({ deadlineMs: 1_000 });
    clock.increment(1_000);
    expect(waiting).toEqual(failed('timedOut'));
  });

  test('limits the calls in flight and the waiting calls, and refuses more at once', async () => {
    const { call, connect, link } = createProxy({ maxInFlight: 2, maxWaiting: 1 });
    await connect();
    const [first, second, third, fourth] = [call(), call(), call(), call()];
    expect(fourth).toEqual(failed('tooMany'));
    expect([link.sent.length, first, second, third]).toEqual([2, [], [], []]);
    link.answer(link.sent[0]);
    expect(link.sent).toHaveLength(3);
    link.answer(link.sent[1]);
    link.answer(link.sent[2]);
    expect([first, second, third]).toEqual([replied, replied, replied]);
  });

  test('fails only the call whose request cannot be encoded, also one that has waited', async () => {
    const { call, connect, link } = createProxy({ maxInFlight: 1 });
    await connect();
    const [inFlight, waiting] = [call(), call()];
    link.misfit = new Error('too long');
    link.answer();
    expect([inFlight, waiting]).toEqual([replied, [{ type: 'unfit', error: link.misfit }]]);
    link.misfit = undefined;
    const next = call();
    link.answer();
    expect(next).toEqual(replied);
  });

  test('does not open the circuit for error replies of the servant', async () => {
    const { call, connect, link, state } = createProxy();
    await connect();
    const calls = Array.from({ length: 20 }, () => call());
    const other = call();
    for (const request of link.sent.slice(0, 20)) link.answer(request, -1);
    expect(calls.every((outcome) => outcome[0]?.type === 'reply')).toBe(true);
    expect(state()).toEqual({ ready: { circuit: 'closed' } });
    link.answer(link.sent[20]);
    expect(other).toEqual(replied);
  });

  test('fails the calls in flight of a lost connection, and connects again for the next call', async () => {
    const { call, connect, link, state } = createProxy();
    await connect();
    const cut = call();
    link.lose();
    expect(cut).toEqual(failed('connectionLost'));
    expect(state()).toEqual({ idle: 'rested' });
    const next = call();
    await until(() => link.sent.length === 2);
    link.answer();
    expect(next).toEqual(replied);
  });

  test('tries only an idempotent call again, before its deadline', async () => {
    const { call, connect, link, clock } = createProxy();
    await connect();
    const [once, again] = [call(), call({ idempotent: true })];
    link.lose();
    expect([once, again]).toEqual([failed('connectionLost'), []]);
    clock.increment(20);
    await until(() => link.sent.length === 3);
    link.answer();
    expect(again).toEqual(replied);
  });

  test('settles a one-way call when it is sent', async () => {
    const { call, connect, proxy } = createProxy();
    await connect();
    expect(call({ oneWay: true })).toEqual([{ type: 'sent' }]);
    expect(proxy.getSnapshot().context.calls.isEmpty).toBe(true);
  });

  test('lets calls wait while the link accepts no requests, and sends them later', async () => {
    const { call, connect, link } = createProxy();
    await connect();
    link.isFull = true;
    const outcome = call({ oneWay: true });
    expect([link.sent, outcome]).toEqual([[], []]);
    link.drain();
    expect(outcome).toEqual([{ type: 'sent' }]);
  });

  test('stops when the calls under way are answered, and accepts no new calls', async () => {
    const { call, connect, link, proxy } = createProxy();
    await connect();
    const last = call();
    proxy.send({ type: 'proxy.stop' });
    expect(call()).toEqual(failed('stopping'));
    expect(proxy.getSnapshot().value).toEqual({ stopping: 'finishing' });
    link.answer(link.sent[0]);
    expect(last).toEqual(replied);
    expect([proxy.getSnapshot().status, link.isClosed]).toEqual(['done', true]);
  });
});

describe('the circuit', () => {
  async function openCircuit() {
    const made = createProxy({ failuresToOpen: 3, openMs: 1_000 });
    await made.connect();
    for (let silent = 0; silent < 3; silent += 1) {
      made.call({ deadlineMs: 100 });
      made.clock.increment(100);
    }
    return made;
  }

  test('opens when the servant too often does not reply, and then calls fail at once', async () => {
    const { call, state, told } = await openCircuit();
    expect(state()).toEqual({ ready: { circuit: { open: 'connected' } } });
    expect(call()).toEqual(failed('circuitOpen'));
    expect(told.at(-1)).toEqual({ name: 'servant.circuit', event: { servant: 'hello', circuit: 'open' } });
  });

  test('tells calls that wait for a slot, when it opens, that the servant is given a rest', async () => {
    const { call, connect, clock } = createProxy({ failuresToOpen: 1, maxInFlight: 1 });
    await connect();
    const [late, waiting] = [call({ deadlineMs: 100 }), call()];
    clock.increment(100);
    expect([late, waiting]).toEqual([failed('timedOut'), failed('circuitOpen')]);
  });

  test('lets one call try, and closes when it is answered', async () => {
    const { call, state, link, clock } = await openCircuit();
    clock.increment(1_000);
    expect(state()).toEqual({ ready: { circuit: { halfOpen: 'inviting' } } });
    const attempt = call();
    expect(call()).toEqual(failed('circuitOpen'));
    link.answer();
    expect(attempt).toEqual(replied);
    expect(state()).toEqual({ ready: { circuit: 'closed' } });
  });

  test('lets the next call try when a call was not sent: its deadline had passed, or it cannot be encoded', async () => {
    const { call, state, link, clock } = await openCircuit();
    clock.increment(1_000);
    expect(call({ deadlineMs: 0 })).toHaveLength(1);
    link.misfit = new Error('too long');
    expect(call()).toEqual([{ type: 'unfit', error: link.misfit }]);
    expect(state()).toEqual({ ready: { circuit: { halfOpen: 'inviting' } } });
    link.misfit = undefined;
    const attempt = call();
    link.answer();
    expect(attempt).toEqual(replied);
    expect(state()).toEqual({ ready: { circuit: 'closed' } });
  });

  test('waits longer each time that the try fails', async () => {
    const { call, state, clock } = await openCircuit();
    clock.increment(1_000);
    call({ deadlineMs: 100 });
    clock.increment(100);
    expect(state()).toEqual({ ready: { circuit: { open: 'connected' } } });
    clock.increment(1_999);
    expect(state()).toEqual({ ready: { circuit: { open: 'connected' } } });
    clock.increment(1);
    expect(state()).toEqual({ ready: { circuit: { halfOpen: 'inviting' } } });
  });

  test('tries with a new connection when the old one was lost', async () => {
    const { call, state, link, clock } = await openCircuit();
    link.lose();
    expect(state()).toEqual({ ready: { circuit: { open: 'severed' } } });
    clock.increment(1_000);
    const [attempt, other] = [call(), call()];
    await settle();
    expect(state()).toEqual({ ready: { circuit: { halfOpen: 'trying' } } });
    expect(other).toEqual(failed('circuitOpen'));
    link.answer();
    expect(attempt).toEqual(replied);
    expect(state()).toEqual({ ready: { circuit: 'closed' } });
  });
});

describe.each(Object.entries(CLOCK_STEPS))('when the wall clock is set %s', (_, stepMs) => {
  test('calls that wait and calls in flight keep their deadlines', async () => {
    const { call, connect, link, clock } = createProxy({ maxInFlight: 1 });
    await connect();
    const inFlight = call({ deadlineMs: 1_000 });
    const waiting = call({ deadlineMs: 2_000 });
    clock.stepWallClock(stepMs);
    clock.increment(999);
    expect([inFlight, waiting]).toEqual([[], []]);
    clock.increment(1);
    expect(inFlight).toEqual(failed('timedOut'));
    expect(waiting).toEqual([]);
    const later = call({ deadlineMs: 3_000 });
    link.answer();
    expect(waiting).toEqual(replied);
    link.answer();
    expect(later).toEqual(replied);
  });

  test('an open circuit rests for as long', async () => {
    const { call, connect, clock, state } = createProxy({ failuresToOpen: 1 });
    await connect();
    const lost = call({ deadlineMs: 100 });
    clock.increment(100);
    expect(lost).toEqual(failed('timedOut'));
    clock.stepWallClock(stepMs);
    clock.increment(999);
    expect(call()).toEqual(failed('circuitOpen'));
    clock.increment(1);
    expect(state()).toMatchObject({ ready: { circuit: { halfOpen: 'inviting' } } });
  });
});
