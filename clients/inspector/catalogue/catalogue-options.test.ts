import { describe, expect, test } from 'vitest';
import { sortsOf, statesToFilter } from './catalogue-options.ts';
import { countsOf, watched } from '../testing/feed-items.ts';

const COUNTS = countsOf({
  room: { total: 3, states: { 'active.journal.clean': 2, 'active.journal.dirty': 1, closing: 1 }, failed: 0 },
  server: { total: 1, states: { listening: 1 }, failed: 0 },
});

describe('filters', () => {
  test('offer the states of the chosen kinds, and those around them', () => {
    expect(statesToFilter({ kinds: ['room'], state: '' }, COUNTS)).toEqual([
      { state: 'active', depth: 0 },
      { state: 'active.journal', depth: 1 },
      { state: 'active.journal.clean', depth: 2, count: 2 },
      { state: 'active.journal.dirty', depth: 2, count: 1 },
      { state: 'closing', depth: 0, count: 1 },
    ]);
  });

  test('offer the states of all kinds when none is chosen', () => {
    expect(statesToFilter({ kinds: [], state: '' }, COUNTS).map(({ state }) => state)).toContain('listening');
  });

  test('keep offering the chosen state when nobody is in it any more', () => {
    expect(statesToFilter({ kinds: ['room'], state: 'closed' }, undefined)).toEqual([
      { state: 'closed', depth: 0 },
    ]);
  });

  test('offer to sort by what all have, and by the figures of those in sight', () => {
    const rows = new Map([[0, watched({ kind: 'room', id: 'a' }, { figures: { members: 1, offset: 2 } })]]);
    expect(sortsOf({ sort: '' }, rows)).toEqual([
      'id',
      'since',
      'states',
      'status',
      'user',
      'members',
      'offset',
    ]);
    expect(sortsOf({ sort: 'inFlight' }, new Map())).toContain('inFlight');
  });
});
