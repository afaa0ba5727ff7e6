import { describe, expect, test } from 'vitest';
import type { ServerEventName } from '../../events/server-events.ts';
import { FakeClock } from '../../system/clock-harness.ts';
import { createMemoryOutbox } from '../../webhooks/outbox/memory-outbox.ts';
import type { OutboxBatch } from '../../webhooks/outbox/outbox.ts';
import { settle } from '../actor-harness.ts';
import { goLive, NO_OBSERVER } from '../runtime/live-machine.ts';
import { send } from '../runtime/send.ts';
import type { DeliveryEvent, SendOutcome } from './delivery-events.ts';
import { deliveryMachine, startDelivery } from './delivery.ts';

/** A batch that the receiver has got. */
interface Sent {
  readonly batch: OutboxBatch;
  readonly signal: AbortSignal;
  answer(outcome: SendOutcome): Promise<void>;
  fail(error: Error): Promise<void>;
}

const TAKEN: SendOutcome = { taken: true };
const REFUSED: SendOutcome = { taken: false, reason: 'status 500' };
const HOUR_MS = 60 * 60 * 1000;

function createDelivery(already = 0) {
  const clock = new FakeClock();
  const sent: Sent[] = [];
  const told: { name: ServerEventName; event: object }[] = [];
  const dropped: [number, string][] = [];
  const outbox = createMemoryOutbox({
    maxEvents: 1_000,
    maxBytes: 1_000_000,
    onDropped: (count, reason) => void dropped.push([count, reason]),
  });
  let made = 0;
  const append = (count: number): void => {
    for (let number = 0; number < count; number += 1) {
      made += 1;
      outbox.append({ kind: 'event', text: `{"id":"e${made}","time":0}` });
      const { events } = outbox.backlog;
      if (events === 1) tell({ type: 'events.waiting' });
      if (events === 10) tell({ type: 'batch.full' });
    }
  };
  let actor: ReturnType<typeof startDelivery> | undefined;
  function tell(event: DeliveryEvent): void {
    if (actor !== undefined) send(actor, event, 'library');
  }
  append(already);
  actor = startDelivery(
    goLive(deliveryMachine, NO_OBSERVER, () => clock.monotonic()),
    {
      name: 'crm',
      outbox,
      send: (batch, signal) =>
        new Promise((resolve, reject) => {
          sent.push({
            batch,
            signal,
            answer: (outcome) => (resolve(outcome), settle()),
            fail: (error) => (reject(error), settle()),
          });
        }),
      policy: { limits: { events: 10, bytes: 10_000 }, gatherMs: 50, sendMs: 10_000, retryMs: 24 * HOUR_MS },
      clock,
      events: { emit: (name, event) => void told.push({ name, event }), isHeard: () => true },
      random: () => 1,
    },
    (error) => {
      throw error;
    },
  );
  const { getSnapshot } = actor;
  return {
    clock,
    sent,
    told,
    dropped,
    outbox,
    append,
    tell,
    state: () => getSnapshot.call(actor).value,
    ids: () => sent.map(({ batch }) => batch.id),
  };
}

describe('a delivery', () => {
  test('gathers what happens together, and is idle when it was taken', async () => {
    const { append, clock, sent, state } = createDelivery();
    expect(state()).toBe('idle');
    append(1);
    expect(state()).toBe('gathering');
    clock.increment(49);
    append(2);
    expect(sent).toEqual([]);
    clock.increment(1);
    expect(sent.map(({ batch }) => batch.events.length)).toEqual([3]);
    await sent[0]!.answer(TAKEN);
    expect(state()).toBe('idle');
  });

  test('sends a whole batch at once, and one batch at a time', async () => {
    const { append, sent, state, ids } = createDelivery();
    append(25);
    expect(ids()).toEqual(['e1+10']);
    await sent[0]!.answer(TAKEN);
    expect(ids()).toEqual(['e1+10', 'e11+10']);
    await sent[1]!.answer(TAKEN);
    expect(state()).toBe('gathering');
  });

  test('begins with what an earlier run has left', () => {
    const { state, clock, ids } = createDelivery(12);
    expect(state()).toBe('gathering');
    clock.increment(50);
    expect(ids()).toEqual(['e1+10']);
  });

  test('sends the same batch again until it is taken, later each time, at most five minutes', async () => {
    const { append, clock, sent, state, told, ids } = createDelivery();
    append(1);
    clock.increment(50);
    for (const waitMs of [1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 64_000, 128_000, 256_000, 300_000]) {
      await sent.at(-1)!.answer(REFUSED);
      append(1);
      expect(state()).toBe('waiting');
      clock.increment(waitMs - 1);
      expect(state()).toBe('waiting');
      clock.increment(1);
      expect(state()).toEqual({ sending: 'going' });
    }
    await sent.at(-1)!.answer(TAKEN);
    clock.increment(50);
    expect(new Set(ids().slice(0, 11))).toEqual(new Set(['e1+1']));
    expect(ids().at(-1)).toBe('e2+10');
    expect(told).toEqual([
      { name: 'webhook.failed', event: { webhook: 'crm', error: new Error('status 500') } },
      { name: 'webhook.recovered', event: { webhook: 'crm' } },
    ]);
  });

  test('gives the receiver its time and no more, and takes no answer afterwards', async () => {
    const { append, clock, sent, state, outbox, told } = createDelivery();
    append(1);
    clock.increment(50);
    clock.increment(10_000);
    expect([state(), sent[0]!.signal.aborted]).toEqual(['waiting', true]);
    await sent[0]!.answer(TAKEN);
    expect([state(), outbox.backlog.events]).toEqual(['waiting', 1]);
    expect(told).toMatchObject([{ event: { error: new Error('the receiver did not answer in time') } }]);
  });

  test('counts a receiver that cannot be reached as one that refuses', async () => {
    const { append, clock, sent, state, told } = createDelivery();
    append(1);
    clock.increment(50);
    await sent[0]!.fail(new Error('no answer'));
    expect([state(), told.length]).toEqual(['waiting', 1]);
  });

  test('gives a batch up that was not taken for 24 hours, and goes on with the next', async () => {
    const { append, clock, sent, dropped, ids } = createDelivery();
    append(1);
    clock.increment(50);
    append(1);
    while (dropped.length === 0) {
      await sent.at(-1)!.answer(REFUSED);
      clock.increment(5 * 60_000);
    }
    expect(clock.now()).toBeGreaterThanOrEqual(24 * HOUR_MS);
    expect(dropped).toEqual([[1, 'expired']]);
    expect(ids().at(-1)).toBe('e2+1');
  });
});

test('an outbox that cannot be read is tried later and later, and goes on when it can', async () => {
  const { append, clock, outbox, sent, state, told } = createDelivery();
  const { next } = outbox;
  outbox.next = () => undefined;
  append(1);
  clock.increment(50);
  for (const waitMs of [1_000, 2_000, 4_000]) {
    await settle();
    expect(state()).toBe('waiting');
    clock.increment(waitMs - 1);
    expect(state()).toBe('waiting');
    clock.increment(1);
  }
  await settle();
  outbox.next = next;
  clock.increment(8_000);
  await sent[0]!.answer(TAKEN);
  expect(state()).toBe('idle');
  expect(told).toEqual([
    { name: 'webhook.failed', event: { webhook: 'crm', error: new Error('its outbox cannot be read') } },
    { name: 'webhook.recovered', event: { webhook: 'crm' } },
  ]);
});

test('a receiver that is down is told once, although batches are given up', async () => {
  const { append, clock, sent, dropped, told } = createDelivery();
  append(20);
  while (dropped.length < 2) {
    await sent.at(-1)!.answer(REFUSED);
    clock.increment(5 * 60_000);
  }
  expect(told).toMatchObject([{ name: 'webhook.failed' }]);
});

describe('a stop', () => {
  test('ends a delivery that has nothing to send', () => {
    const { tell, state } = createDelivery();
    tell({ type: 'delivery.stop' });
    expect(state()).toBe('stopped');
  });

  test('lets the receiver answer, and sends what is left', async () => {
    const { append, tell, sent, state, outbox } = createDelivery();
    append(15);
    tell({ type: 'delivery.stop' });
    expect(state()).toEqual({ sending: 'parting' });
    await sent[0]!.answer(TAKEN);
    expect(state()).toEqual({ stopping: 'trying' });
    await sent[1]!.answer(TAKEN);
    expect([state(), outbox.backlog.events]).toEqual(['stopped', 0]);
  });

  test('sends at once what is gathered, or waits to be sent again', async () => {
    const gathering = createDelivery(1);
    gathering.tell({ type: 'delivery.stop' });
    expect(gathering.sent).toHaveLength(1);
    const waiting = createDelivery();
    waiting.append(10);
    await waiting.sent[0]!.answer(REFUSED);
    waiting.tell({ type: 'delivery.stop' });
    expect(waiting.ids()).toEqual(['e1+10', 'e1+10']);
  });

  test.each(['refused', 'late', 'stopped again'])(
    'ends when the last try is %s; what is left stays',
    async (end) => {
      const { append, tell, sent, state, outbox, clock } = createDelivery();
      append(15);
      tell({ type: 'delivery.stop' });
      await sent[0]!.answer(TAKEN);
      if (end === 'refused') await sent[1]!.answer(REFUSED);
      else if (end === 'late') clock.increment(10_000);
      else tell({ type: 'delivery.stop' });
      expect([state(), outbox.backlog.events, clock.timers]).toEqual(['stopped', 5, 0]);
    },
  );

  test('ends a delivery whose outbox cannot be read', async () => {
    const { append, outbox, tell, state } = createDelivery();
    outbox.next = () => undefined;
    append(1);
    tell({ type: 'delivery.stop' });
    await settle();
    expect([state(), outbox.backlog.events]).toEqual(['stopped', 1]);
  });

  test('that is told twice does not wait for the receiver', () => {
    const { append, tell, sent, state } = createDelivery();
    append(10);
    tell({ type: 'delivery.stop' });
    tell({ type: 'delivery.stop' });
    expect([state(), sent[0]!.signal.aborted]).toEqual(['stopped', true]);
  });
});
