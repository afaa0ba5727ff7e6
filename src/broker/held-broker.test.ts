import { describe, expect, test } from 'vitest';
import { describeBroker } from './broker-contract.ts';
import { HeldBroker, type RoomSubscription } from './held-broker.ts';
import { createMemoryBroker, createMemoryBrokers } from './memory-broker.ts';

describeBroker(
  { describe, test },
  {
    name: 'the held broker',
    async createPlace() {
      const connect = createMemoryBrokers();
      return {
        connect: async () => new HeldBroker(connect(), () => 'none'),
        dispose: async () => undefined,
      };
    },
  },
);

/** Tells what the broker beneath is asked. */
function createWatched(answer?: () => Promise<void>) {
  const asked: string[] = [];
  const broker = createMemoryBroker();
  broker.subscribe = (room) => {
    asked.push(`subscribe ${room}`);
    return answer?.();
  };
  broker.unsubscribe = (room) => {
    asked.push(`unsubscribe ${room}`);
  };
  const state: { bySelf: RoomSubscription } = { bySelf: 'none' };
  return { asked, state, held: new HeldBroker(broker, () => state.bySelf) };
}

test('several holders and the room share one subscription, which ends with the last of them', () => {
  const { asked, state, held } = createWatched();
  void held.hold('r');
  void held.hold('r');
  void held.subscribe('r');
  state.bySelf = 'made';
  void held.release('r');
  void held.release('r');
  expect(asked).toEqual(['subscribe r']);
  void held.hold('r');
  state.bySelf = 'none';
  void held.unsubscribe('r');
  expect(asked).toEqual(['subscribe r']);
  void held.release('r');
  void held.release('r');
  expect(asked).toEqual(['subscribe r', 'unsubscribe r']);
});

test('who comes while the broker takes time waits with the first', async () => {
  let finish!: () => void;
  const { asked, held } = createWatched(() => new Promise((resolve) => (finish = resolve)));
  const done: string[] = [];
  const all = [held.hold('r'), held.hold('r'), held.subscribe('r')].map(async (one, index) => {
    await one;
    done.push(`${index}`);
  });
  await Promise.resolve();
  expect([asked, done]).toEqual([['subscribe r'], []]);
  finish();
  await Promise.all(all);
  expect(done).toHaveLength(3);
});

test('a broker that fails holds nothing, and is asked again', async () => {
  const { asked, held } = createWatched(() => Promise.reject(new Error('out of order')));
  await expect(held.hold('r')).rejects.toThrow('out of order');
  await expect(held.hold('r')).rejects.toThrow('out of order');
  expect(asked).toEqual(['subscribe r', 'subscribe r']);
});
