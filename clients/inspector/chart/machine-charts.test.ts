import { describe, expect, test } from 'vitest';
import { MachineCharts } from './machine-charts.ts';
import type { FeedClient } from '../feed/feed.ts';
import { chartOf } from '../testing/charts.ts';

function setUp() {
  const asked: string[] = [];
  let isThere = false;
  let tellState: (() => void) | undefined;
  const client = {
    state: { name: 'ready' },
    subscribe: (listener: () => void) => {
      tellState = listener;
      return () => {};
    },
    ask: ({ machine }: { machine: string }) => {
      asked.push(machine);
      const answered = { type: 'answered', answer: { type: 'chart', id: 1, chart: chartOf([]) } };
      return Promise.resolve(isThere ? answered : { type: 'unanswered' });
    },
  } as unknown as Pick<FeedClient, 'ask' | 'subscribe' | 'state'>;
  return {
    store: new MachineCharts(client),
    asked,
    connect: () => {
      isThere = true;
      tellState?.();
    },
    settled: () => new Promise((resolve) => setImmediate(resolve)),
  };
}

describe('charts', () => {
  test('are asked for once', async () => {
    const { store, asked, connect, settled } = setUp();
    connect();
    store.want('room');
    store.want('room');
    await settled();
    store.want('room');
    expect(asked).toEqual(['room']);
    expect(store.getView().get('room')?.machine).toBe('machine');
  });

  test('are asked for again with the next link when they did not come', async () => {
    const { store, asked, connect, settled } = setUp();
    store.want('room');
    await settled();
    expect(store.getView().size).toBe(0);
    connect();
    await settled();
    expect(asked).toEqual(['room', 'room']);
    expect(store.getView().size).toBe(1);
  });
});
