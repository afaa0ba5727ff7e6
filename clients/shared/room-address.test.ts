import { expect, test } from 'vitest';
import { readRoomAddress, writeRoomAddress } from './room-address.ts';

test.each([
  ['/room1', 'room1'],
  ['/rooms/tea', 'tea'],
  ['/rooms/tea%20time', 'tea time'],
  ['/rooms/a%2Fb%3Fc%23d', 'a/b?c#d'],
  ['/rooms/%E8%8C%B6', '茶'],
  ['/rooms/100%25', '100%'],
])('%s is the page of room %j', (path, room) => {
  expect(readRoomAddress(path)).toEqual({ type: 'room', room });
});

test.each([
  ['/rooms/100%', 'no percent-encoded name'],
  ['/rooms/%ff', 'no percent-encoded name'],
  ['/rooms/', 'names no room'],
  ['/rooms', 'names no room'],
])('%s names no room, and the page says why', (path, words) => {
  expect(readRoomAddress(path)).toEqual({ type: 'unusable', reason: expect.stringContaining(words) });
});

test.each(['tea time', 'a/b?c#d', '茶', '100%'])('the address of room %j leads to it', (room) => {
  expect(readRoomAddress(writeRoomAddress(room))).toEqual({ type: 'room', room });
});
