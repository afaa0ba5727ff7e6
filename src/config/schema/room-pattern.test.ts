import { expect, test } from 'vitest';
import { isRoomPattern } from './room-pattern.ts';

test.each(['lobby', 'chat.*', 'game:*', '*', 'with space', 'zeile\nzwei'])('%j is a room pattern', (text) => {
  expect(isRoomPattern(text)).toBe(true);
});

test.each(['', '*lobby', 'a*b', 'chat**', '**', 'a*b*'])('%j is no room pattern', (text) => {
  expect(isRoomPattern(text)).toBe(false);
});
