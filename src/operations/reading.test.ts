import { describe, expect, test } from 'vitest';
import { createHarness, until } from '../actors/actor-harness.ts';
import type { Broker, History } from '../broker/broker.ts';
import type { Presence } from '../broker/presence/presence.ts';
import { createMemoryPresence } from '../broker/presence/memory-presence.ts';
import { DEFAULT_MESSAGE_BYTES, DEFAULT_ROOM_NAME_BYTES } from '../protocol/limits.ts';
import { createReading } from './reading.ts';

const FAILED = { refusal: { error: 'internal' } };

function createWith(parts: { history?: Broker['history']; list?: Presence['list'] }) {
  const { history = () => ({ publications: [], offset: 0, epoch: 'e' }) } = parts;
  const presence = Object.assign(createMemoryPresence(), parts.list && { list: parts.list });
  const harness = createHarness({ presence });
  const { rooms, clock, toldOf } = harness;
  const reading = createReading({
    rooms,
    broker: { history, removeHistory: () => undefined },
    presence,
    nodes: { survey: () => Promise.reject(new Error('no')) },
    rpc: { call: () => Promise.reject(new Error('no')) },
    events: { emit: (name, event) => void harness.told.push({ name, event }), isHeard: () => true },
    clock,
    limits: { messageBytes: DEFAULT_MESSAGE_BYTES, roomNameBytes: DEFAULT_ROOM_NAME_BYTES },
  });
  return { reading, clock, failures: () => toldOf('part.failed') };
}

describe('reading the history of a room', () => {
  test('is an error when the broker refuses, and is told', async () => {
    const { reading, failures } = createWith({ history: () => Promise.reject(new Error('down')) });
    expect(await reading.history('room1')).toMatchObject(FAILED);
    expect(failures()).toMatchObject([{ part: 'broker', room: 'room1', error: new Error('down') }]);
  });

  test('is an error when the broker throws, and is told', async () => {
    const history = (): History => {
      throw new Error('down');
    };
    const { reading, failures } = createWith({ history });
    expect(await reading.history('room1')).toMatchObject(FAILED);
    expect(failures()).toMatchObject([{ part: 'broker', room: 'room1' }]);
  });

  test('is an error when the broker does not answer, and is told', async () => {
    const { reading, clock, failures } = createWith({ history: () => new Promise(() => undefined) });
    const answer = reading.history('room1');
    clock.increment(10_000);
    expect(await answer).toMatchObject(FAILED);
    expect(failures()).toMatchObject([{ part: 'broker', error: new Error('no answer within 10 seconds') }]);
  });
});

test('reading the members of a room is an error when the presence does not answer, and is told', async () => {
  let isAsked = false;
  const list = (): Promise<never> => {
    isAsked = true;
    return new Promise(() => undefined);
  };
  const { reading, clock, failures } = createWith({ list });
  const answer = reading.members('room1');
  await until(() => isAsked);
  clock.increment(10_000);
  expect(await answer).toMatchObject(FAILED);
  expect(failures()).toMatchObject([{ part: 'presence', room: 'room1' }]);
});
