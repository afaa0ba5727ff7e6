import { expect, test } from 'vitest';
import { HistogramCounts } from './histogram.ts';
import { createRegistry, toSamples, type Metric } from './metric.ts';
import { mergeExpositions } from './exposition.ts';

const rooms = (value: number): Metric => ({
  name: 'statecast_rooms',
  type: 'gauge',
  help: 'Rooms.',
  labels: [],
  read: () => [{ value }],
});

test('a histogram has cumulated classes, a sum and a count, in the unit of the metric', async () => {
  const counts = new HistogramCounts([10, 100]);
  for (const ms of [10, 11, 100, 101, 5_000]) counts.observe(ms);
  const metric: Metric = {
    name: 'statecast_wait_seconds',
    type: 'histogram',
    help: 'Waits.',
    labels: ['step'],
    read: () => toSamples('statecast_wait_seconds', { step: 'join' }, counts, 1_000),
  };
  expect(await createRegistry([metric]).metrics()).toBe(`# HELP statecast_wait_seconds Waits.
# TYPE statecast_wait_seconds histogram
statecast_wait_seconds_bucket{step="join",le="0.01"} 1
statecast_wait_seconds_bucket{step="join",le="0.1"} 3
statecast_wait_seconds_bucket{step="join",le="+Inf"} 5
statecast_wait_seconds_sum{step="join"} 5.222
statecast_wait_seconds_count{step="join"} 5
`);
});

test('the texts of several processes become one, with each metric in one place', async () => {
  const texts = await Promise.all(
    ['one', 'two'].map(async (node, index) => {
      const registry = createRegistry([rooms(index + 1), { ...rooms(7), name: 'statecast_users' }]);
      registry.setDefaultLabels({ node });
      return registry.metrics();
    }),
  );
  expect(mergeExpositions(texts)).toBe(`# HELP statecast_rooms Rooms.
# TYPE statecast_rooms gauge
statecast_rooms{node="one"} 1
statecast_rooms{node="two"} 2

# HELP statecast_users Rooms.
# TYPE statecast_users gauge
statecast_users{node="one"} 7
statecast_users{node="two"} 7
`);
});
