import { expect, test } from 'vitest';
import { pickRoom } from './pick-room.ts';

const room = (id: string, status: 'active' | 'failed' = 'active') => ({ id, status });

test('the fullest running room is shown', () => {
  expect(pickRoom([room('broken', 'failed'), room('tea'), room('room1')])).toBe('tea');
});

test('rooms of the pages themselves come last', () => {
  expect(pickRoom([room('typing:tea'), room('tea')])).toBe('tea');
  expect(pickRoom([room('typing:tea')])).toBe('typing:tea');
});

test('without a room there is none to show', () => {
  expect(pickRoom([])).toBeUndefined();
});
