import { expect, test } from 'vitest';
import type { RoomsPort } from '../actors/room/ports.ts';
import { createPublishing } from './publishing.ts';

test('publishing in many rooms leaves the server time for other things', async () => {
  const told: string[] = [];
  const rooms: Pick<RoomsPort, 'publish' | 'broadcast'> = {
    publish(room, _data, publisher) {
      told.push(room);
      publisher.settle({ type: 'published', offset: 1, epoch: room }, publisher.sender);
    },
    broadcast: () => {},
  };
  const names = Array.from({ length: 1_000 }, (_, index) => `r${index}`);
  setImmediate(() => told.push('something else'));
  const outcomes = await createPublishing(rooms).publishToRooms(names, 'hi');
  expect(outcomes).toEqual(names.map((room) => ({ offset: 1, epoch: room })));
  expect(told.indexOf('something else')).toBeLessThan(200);
  expect(told.filter((what) => what !== 'something else')).toEqual(names);
});
