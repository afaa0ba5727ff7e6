import { expect, test } from 'vitest';
import { MUTED_STATE } from '../names/room-words.ts';
import { questionsOf } from './control-questions.ts';

const typesOf = (...args: Parameters<typeof questionsOf>): string[] =>
  questionsOf(...args).map(({ command }) => command.type);

test('a room is muted or unmuted by its state', () => {
  const room = { kind: 'room', id: 'room1' } as const;
  expect(typesOf(room, ['active.occupancy.occupied', 'active.broadcast.flowing'])).toEqual(['mute', 'close']);
  expect(typesOf(room, ['active.occupancy.occupied', MUTED_STATE])).toEqual(['unmute', 'close']);
});

test('connections and members are kicked, and told a reason', () => {
  for (const actor of [
    { kind: 'connection', id: 'c1' },
    { kind: 'membership', id: 'c1@room1' },
  ] as const) {
    expect(questionsOf(actor, [])).toMatchObject([
      { command: { type: 'kick' }, takesReason: true, isDangerous: true },
    ]);
  }
});

test('nothing is offered for the server', () => {
  expect(questionsOf({ kind: 'server', id: 'server' }, [])).toEqual([]);
});
