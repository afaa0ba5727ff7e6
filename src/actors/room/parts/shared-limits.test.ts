import { expect, test } from 'vitest';
import { createMemoryBrokers } from '../../../broker/memory-broker.ts';
import { FakeClock } from '../../../system/clock-harness.ts';
import { createHarness, join, publish, until } from '../../actor-harness.ts';

function createShared() {
  const clock = new FakeClock();
  const connectBroker = createMemoryBrokers({ clock, newEpoch: () => 'e1' });
  const harness = createHarness({ broker: connectBroker(), clock, limits: { messagesPerSecond: 2 } });
  return { harness, other: connectBroker(), clock };
}

test('messages a second are counted together with those of other nodes', async () => {
  const { harness, other, clock } = createShared();
  const client = harness.connect();
  client.send(join('room1'));
  await until(() => client.frames.length > 0);
  for (const data of [1, 2]) void other.publish('room1', data, { messagesPerSecond: 2 });
  client.frames.length = 0;
  client.send(publish('room1', 3));
  expect(client.frames).toMatchObject([
    { type: 'refused', refusal: { error: 'tooManyRequests', message: 'room1 takes 2 messages a second' } },
  ]);
  clock.increment(500);
  client.send(publish('room1', 4));
  expect(client.frames.slice(1)).toEqual([4, { type: 'published' }]);
  expect(harness.toldOf('message.published')).toMatchObject([{ data: 4, offset: 3 }]);
});

test('what another node has published under the same key is not published again', async () => {
  const { harness, other } = createShared();
  void other.publish('room1', 1, { idempotencyKey: 'k' });
  const outcomes: unknown[] = [];
  harness.rooms.publish('room1', 2, {
    sender: 'library',
    options: { idempotencyKey: 'k' },
    settle: (outcome) => void outcomes.push(outcome),
  });
  await until(() => outcomes.length > 0);
  expect(outcomes).toEqual([{ type: 'published', offset: 1, epoch: 'e1' }]);
  expect(harness.toldOf('message.published')).toEqual([]);
});
