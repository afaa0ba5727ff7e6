import { describe, expect, test } from 'vitest';
import type { ActorAddress } from '../../../src/inspect/feed/feed-protocol.ts';
import { relationsOf } from './relations.ts';
import { SeenLog } from '../watch/seen-log.ts';
import { life, watched } from '../testing/feed-items.ts';

function relations(actor: ActorAddress, others: readonly ActorAddress[] = []) {
  const log = new SeenLog(actor);
  log.begin(
    [actor, ...others].map((address) => watched(address)),
    0,
  );
  return relationsOf(actor, log.momentsAt(0)).map(({ kind, actors, more }) => [
    kind,
    ...actors.map(({ id }) => id),
    more,
  ]);
}

const membership = (id: string) => ({ kind: 'membership', id }) as const;

describe('relations', () => {
  test('of a membership are its connection and its room, whose name may hold an @', () => {
    expect(relations(membership('c1@a@b'))).toEqual([
      ['connection', 'c1', 0],
      ['room', 'a@b', 0],
    ]);
  });

  test('of a moderation are its room', () => {
    expect(relations({ kind: 'moderation', id: '7@room1' })).toEqual([['room', 'room1', 0]]);
  });

  test('of a connection are its memberships and their rooms', () => {
    const actor = { kind: 'connection', id: 'c1' } as const;
    expect(relations(actor, [membership('c1@room1'), membership('c1@room2')])).toEqual([
      ['membership', 'c1@room1', 'c1@room2', 0],
      ['room', 'room1', 'room2', 0],
    ]);
  });

  test('of a room are whom it is watched with, the first few by name', () => {
    const members = Array.from({ length: 7 }, (_, index) => membership(`c${index}@room1`));
    expect(relations({ kind: 'room', id: 'room1' }, members)).toEqual([
      ['membership', 'c0@room1', 'c1@room1', 'c2@room1', 'c3@room1', 3],
    ]);
  });

  test('are not with those who have ended', () => {
    const room = { kind: 'room', id: 'room1' } as const;
    const log = new SeenLog(room);
    log.begin([watched(room), watched(membership('c1@room1'))], 0);
    log.add({ items: [life(membership('c1@room1'), { type: 'ended' })], skipped: 0, actors: [] }, 0);
    expect(relationsOf(room, log.momentsAt(1))).toEqual([]);
  });
});
