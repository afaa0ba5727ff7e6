import { expect, test } from 'vitest';
import { createEventBus } from '../events/event-bus.ts';
import { Outcomes } from './outcomes.ts';

function setUp() {
  const events = createEventBus((error) => {
    throw error;
  });
  const outcomes = new Outcomes(events, { hello: { object: 'Demo.Hello.HelloObj@tcp -h 127.0.0.1 -p 1' } });
  /** The samples of a metric, without those of its classes. */
  const read = (name: string): unknown[] =>
    (
      outcomes
        .createMetrics()
        .find((metric) => metric.name === name)
        ?.read() ?? []
    )
      .filter(({ metricName }) => metricName?.endsWith('_bucket') !== true)
      .map(({ labels, value }) => [...Object.values(labels ?? {}), value].join(' '));
  return { events, outcomes, read };
}

test('close codes that clients choose are counted together', () => {
  const { events, read } = setUp();
  for (const code of [1000, 1000, 1006, 3005, 4000, 4001, 4999]) {
    events.emit('connection.closed', { id: 'c1', code, reason: '', by: 'client' });
  }
  expect(read('statecast_connections_closed_total')).toEqual(['1000 2', '1006 1', '3005 1', 'other 3']);
});

test('calls are told by the name of the servant and how they ended; names that clients make up are not', () => {
  const { events, outcomes, read } = setUp();
  const call = { object: 'Demo.Hello.HelloObj', func: 'say', ret: 0 } as const;
  outcomes.called({ ...call, outcome: 'succeeded', durationMs: 3 });
  outcomes.called({ ...call, outcome: 'succeeded', durationMs: 7 });
  outcomes.called({ ...call, outcome: 'timedOut', durationMs: 3_000 });
  events.emit('rpc.failed', { servant: 'hello', func: 'say', failure: 'timedOut' });
  for (const servant of ['made up', 'also made up']) {
    events.emit('rpc.failed', { servant, func: 'x', failure: 'unknownFunction' });
  }
  expect(read('statecast_rpc_seconds')).toEqual([
    'hello succeeded 0.01',
    'hello succeeded 2',
    'hello timedOut 3',
    'hello timedOut 1',
  ]);
  expect(read('statecast_rpc_failures_total')).toEqual([
    'hello timedOut 1005 1',
    'other unknownFunction 1009 2',
  ]);
});

test('problems are told by the guard that decided', () => {
  const { events, read } = setUp();
  const guards = [
    { name: 'isForbidden', holds: false },
    { name: 'isFull', holds: true },
  ];
  const problem = { kind: 'refused', reason: 'the room is full', machine: 'room', guards } as const;
  events.emit('problem.noted', { ...problem, room: 'one', user: 'ann' });
  events.emit('problem.noted', { ...problem, room: 'two', user: 'bob' });
  events.emit('problem.noted', { kind: 'failed', reason: 'it threw', handler: 'onJoin' });
  expect(read('statecast_problems_total')).toEqual(['refused room isFull  2', 'failed   onJoin 1']);
});
