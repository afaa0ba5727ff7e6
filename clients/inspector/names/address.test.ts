import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { MACHINE_NAMES, parseHash, toHash, type Place } from './address.ts';

describe('the address', () => {
  test.each(['', '#', '#/', '#/nothing', '#/nothing/room1', 'room1'])('%j is the overview', (hash) => {
    expect(parseHash(hash)).toEqual({ type: 'overview' });
  });

  test('of a kind shows its chart', () => {
    expect(parseHash('#/room')).toEqual({ type: 'machine', kind: 'room' });
    expect(parseHash('#/room/')).toEqual({ type: 'machine', kind: 'room' });
  });

  test('of the rooms shows the table of them', () => {
    expect(parseHash('#/rooms')).toEqual({ type: 'rooms' });
    expect(toHash({ type: 'rooms' })).toBe('#/rooms');
  });

  test('of an actor names its kind and id', () => {
    expect(parseHash('#/room/room1')).toEqual({ type: 'actor', actor: { kind: 'room', id: 'room1' } });
  });

  test('of an actor may name what is shown of it', () => {
    const actor = { kind: 'room', id: 'room1' } as const;
    expect(parseHash('#/room/room1/history')).toEqual({ type: 'actor', actor, view: 'history' });
    expect(parseHash('#/room/room1/nonsense')).toEqual({ type: 'actor', actor });
  });

  test('of problems says which are shown', () => {
    expect(parseHash('#/problems')).toEqual({ type: 'problems' });
    expect(parseHash('#/problems?kind=failed&search=a+b')).toEqual({
      type: 'problems',
      kind: 'failed',
      search: 'a b',
    });
    expect(parseHash('#/problems?kind=nonsense')).toEqual({ type: 'problems' });
    expect(toHash({ type: 'problems', kind: 'closed', search: 'ann&bob' })).toBe(
      '#/problems?kind=closed&search=ann%26bob',
    );
  });

  test('of a chart may name the state that is selected', () => {
    const place = { type: 'machine', kind: 'room', state: 'active.broadcast' } as const;
    expect(toHash(place)).toBe('#/room?state=active.broadcast');
    expect(parseHash(toHash(place))).toEqual(place);
  });

  test('with a broken encoding falls back to the chart of the kind', () => {
    expect(parseHash('#/room/%zz')).toEqual({ type: 'machine', kind: 'room' });
  });

  test('leads back to the same place for any id', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...MACHINE_NAMES),
        fc.string({ minLength: 1, unit: 'grapheme' }),
        fc.constantFrom(undefined, 'members', 'messages', 'rules', 'history' as const),
        fc.constantFrom(undefined, 'active.broadcast.flowing'),
        (kind, id, view, state) => {
          const place: Place = {
            type: 'actor',
            actor: { kind, id },
            ...(view !== undefined && { view }),
            ...(state !== undefined && { state }),
          };
          expect(parseHash(toHash(place))).toEqual(place);
        },
      ),
    );
  });
});
