import { expect, test } from 'vitest';
import type { ServerEvents } from '../events/server-events.ts';
import { createAllNodes, toFound } from './all-nodes.ts';

test.each([
  [
    'throws',
    () => {
      throw new Error('away');
    },
  ],
  ['rejects', () => Promise.reject(new Error('away'))],
])('a control that %s is told, and answered by a temporary error', async (_, fail) => {
  const told: unknown[] = [];
  const events = {
    emit: (name: keyof ServerEvents, event: unknown) => told.push([name, event]),
    isHeard: () => true,
  };
  const nodes = createAllNodes({ order: fail, survey: fail }, events);
  const refused = {
    refusal: { error: 'internal', message: 'the other nodes cannot be reached, try again later' },
  };
  expect(await nodes.order({ type: 'mute', room: 'r' }, toFound)).toEqual(refused);
  expect(await nodes.survey({ type: 'rooms' }, () => 'none')).toEqual(refused);
  const failed = ['part.failed', { part: 'control', error: new Error('away') }];
  expect(told).toEqual([failed, failed]);
});
