import { describe, expect, test } from 'vitest';
import type { Codec } from '../protocol/codec.ts';
import type { Publication } from '../protocol/command.ts';
import { DeltaRooms } from './delta-rooms.ts';

/** A codec that shows from which publication a change is made. */
const codec = {
  name: 'test',
  encodeDelta: ({ offset }: Publication, base: Publication | undefined) =>
    `${base?.offset ?? 'all'}-${offset}`,
} as unknown as Codec;

const at = (offset: number, epoch = 'e1'): Publication => ({
  room: 'room1',
  data: offset,
  offset,
  epoch,
  time: 0,
});

/** Sockets that remember what the topics that they are subscribed to brought. */
function createSockets() {
  const deltas = new DeltaRooms();
  const sockets = new Map<string, { topics: Set<string>; got: string[] }>();
  const add = (name: string, base?: Publication) => {
    const topics = new Set<string>();
    sockets.set(name, { topics, got: [] });
    const socket = {
      subscribe: (topic: string) => void topics.add(topic),
      unsubscribe: (topic: string) => void topics.delete(topic),
    };
    deltas.add(codec, 'room1', socket, base);
    return { topics, leave: () => deltas.remove(codec, 'room1', socket) };
  };
  return {
    add,
    publish: (publication: Publication) =>
      deltas.publish(codec, publication, (topic, frame) => {
        for (const { topics, got } of sockets.values()) if (topics.has(topic)) got.push(frame as string);
      }),
    gotOf: (name: string) => sockets.get(name)?.got,
  };
}

describe('a client that gets deltas', () => {
  test('gets the first publication as a whole, and then changes', () => {
    const { add, publish, gotOf } = createSockets();
    add('a');
    publish(at(5));
    publish(at(6));
    add('b');
    publish(at(7));
    publish(at(8));
    expect(gotOf('a')).toEqual(['all-5', '5-6', '6-7', '7-8']);
    expect(gotOf('b')).toEqual(['all-7', '7-8']);
  });

  test('gets a change at once if it has the latest publication', () => {
    const { add, publish, gotOf } = createSockets();
    add('a', at(4));
    publish(at(5));
    add('late', at(3));
    publish(at(6));
    expect([gotOf('a'), gotOf('late')]).toEqual([['4-5', '5-6'], ['all-6']]);
  });

  test('gets a whole publication after a gap, and in another epoch', () => {
    const { add, publish, gotOf } = createSockets();
    add('a', at(1));
    publish(at(3));
    publish(at(4, 'e2'));
    publish(at(5, 'e2'));
    expect(gotOf('a')).toEqual(['all-3', 'all-4', '4-5']);
  });

  test('is subscribed to nothing when it has left', () => {
    const { add, publish, gotOf } = createSockets();
    const a = add('a');
    publish(at(1));
    const b = add('b');
    a.leave();
    b.leave();
    publish(at(2));
    expect([gotOf('a'), gotOf('b'), a.topics.size, b.topics.size]).toEqual([['all-1'], [], 0, 0]);
  });
});
