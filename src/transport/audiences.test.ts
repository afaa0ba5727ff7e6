import { describe, expect, test } from 'vitest';
import type { Codec } from '../protocol/codec.ts';
import { lineCodec } from '../protocol/line/line-codec.ts';
import { Audiences, RoomNames } from './audiences.ts';
import { createFanout } from './fanout.ts';
import { DeltaRooms } from './delta-rooms.ts';

const other: Codec = { ...lineCodec, name: 'other' };

test('a room has an audience until the last client of the codec has left', () => {
  const audiences = new Audiences();
  const audience = audiences.of(lineCodec);
  audiences.add(lineCodec, 'room1');
  audiences.add(lineCodec, 'room1');
  audiences.add(other, 'room2');
  expect([...audience]).toEqual([['room1', 2]]);
  audiences.remove(lineCodec, 'room1');
  expect(audience.has('room1')).toBe(true);
  audiences.remove(lineCodec, 'room1');
  expect(audience.has('room1')).toBe(false);
  audiences.remove(lineCodec, 'room1');
  expect([...audience, ...audiences.of(other)]).toEqual([['room2', 1]]);
});

test('a publication is encoded only for the codecs that somebody in its room speaks', () => {
  const audiences = new Audiences();
  const encoded: string[] = [];
  const codecs = ['one', 'two'].map((name): Codec => ({
    ...lineCodec,
    name,
    encodePublication(publication) {
      encoded.push(`${name} ${publication.room}`);
      return lineCodec.encodePublication(publication);
    },
  })) as [Codec, Codec];
  const fanout = createFanout(audiences, new DeltaRooms(), () => {});
  for (const codec of codecs) fanout.use(codec);
  audiences.add(codecs[0], 'a');
  audiences.add(codecs[1], 'b');
  audiences.add(codecs[1], 'a');
  for (const room of ['a', 'b', 'c']) {
    fanout.publication({ room, data: 'hi', offset: 1, epoch: 'e', time: 0 });
  }
  expect(encoded).toEqual(['one a', 'two a', 'two b']);
});

describe('names of rooms', () => {
  test('are kept once each', () => {
    const rooms = new RoomNames();
    const added = ['a', 'a', 'b', 'b', 'c', 'a'].map((room) => rooms.add(room));
    expect(added).toEqual([true, false, true, false, true, false]);
    expect([rooms.delete('b'), rooms.delete('b'), rooms.delete('x')]).toEqual([true, false, false]);
    expect([...rooms.clear()]).toEqual(['a', 'c']);
    expect([...rooms.clear()]).toEqual([]);
  });

  test('may be one alone', () => {
    const rooms = new RoomNames();
    expect(rooms.delete('a')).toBe(false);
    rooms.add('a');
    expect([rooms.delete('b'), rooms.delete('a'), rooms.delete('a'), rooms.add('a')]).toEqual([
      false,
      true,
      false,
      true,
    ]);
    expect([...rooms.clear()]).toEqual(['a']);
  });
});
