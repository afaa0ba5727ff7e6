/** A state that lasts too long is told: on the event bus, as a problem, and by the metrics. */

import { expect, test } from 'vitest';
import type { MembershipStore } from '../src/index.ts';
import { settle } from '../src/actors/actor-harness.ts';
import { composeServer } from '../src/server/create-server.ts';
import { createMemoryStore } from '../src/storage/memory-store.ts';
import { FakeClock } from '../src/system/clock-harness.ts';
import { eventually } from '../src/system/test-framework.ts';
import { createInMemoryTransport } from '../src/transport/in-memory.ts';
import { readSamples, valueOf } from './support/prometheus.ts';

const STALLED = { machine: 'room', state: 'active.journal.writing.stalled' };

test('a store that does not answer makes its room stuck, which is told once', async () => {
  const clock = new FakeClock();
  const transport = createInMemoryTransport();
  let answer = (): void => undefined;
  const store: MembershipStore = {
    ...createMemoryStore(),
    write: () =>
      new Promise((resolve) => {
        answer = resolve;
      }),
  };
  const server = composeServer({ store, transport: transport.create }, undefined, clock);
  const told: object[] = [];
  const problems: object[] = [];
  server.on('state.stuck', (event) => void told.push(event));
  server.on('problem.noted', ({ kind, machine, state, room }) => {
    problems.push({ kind, machine, state, room });
  });
  const countStuck = async (): Promise<number | undefined> => {
    const { body } = await transport.request({ path: '/metrics', headers: { host: 'localhost' } });
    return valueOf(readSamples(body), 'statecast_stuck', STALLED);
  };
  /** In steps, so that what is due in a later turn of the event loop is done between them. */
  const advance = async (seconds: number): Promise<void> => {
    for (let passed = 0; passed < seconds; passed += 1) {
      clock.increment(1_000);
      await settle();
    }
  };
  await server.listen();
  (await transport.connect()).send('subscribe|room1');
  // Ten seconds until the write is stalled, and thirty in which that is right.
  await advance(39);
  expect([await countStuck(), told]).toEqual([0, []]);
  await advance(12);
  await eventually(() => expect(told).toMatchObject([{ ...STALLED, id: 'room1', maxSeconds: 30 }]));
  expect(problems).toEqual([{ kind: 'stuck', ...STALLED, room: 'room1' }]);
  await advance(60);
  expect([await countStuck(), told.length]).toEqual([1, 1]);

  answer();
  await settle();
  expect(await countStuck()).toBe(0);
  const closing = server.close();
  await advance(40);
  answer();
  await closing;
});
