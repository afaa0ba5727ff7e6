import { expect, test } from 'vitest';
import { createEventBus } from '../events/event-bus.ts';
import { FakeClock } from '../system/clock-harness.ts';
import { Chosen } from './event-choice.ts';
import { Ledger } from './ledger.ts';
import { createMemoryOutbox } from './outbox/memory-outbox.ts';
import type { KnownRooms } from './outbox/outbox.ts';
import { UNDECIDED_MS, WebhookFeed } from './webhook-feed.ts';

/** Nodes that tell one receiver. */
function createNodes(events: readonly string[] = ['*']) {
  const clock = new FakeClock(1_000);
  const occupied = new Set<string>();
  const present = new Map<string, number>();
  const told: string[] = [];
  /** How many answers are lost, after the work was done. */
  let lost = 0;
  const taken = new Set<string>();

  function start(name: string) {
    const bus = createEventBus((error) => {
      throw error;
    });
    const memory = createMemoryOutbox({ maxEvents: 100, maxBytes: 100_000, onDropped: () => undefined });
    const append = (text: string): void => {
      const { type, channel } = JSON.parse(text) as { type: string; channel: string };
      told.push(`${name}: ${type} ${channel}`);
      memory.append({ kind: 'event', text });
    };
    const rooms: KnownRooms = {
      list: async () => [...occupied],
      async settle(room, isOccupied, event) {
        const isNews = event !== undefined && taken.has(event) ? true : occupied.has(room) !== isOccupied;
        if (isOccupied) occupied.add(room);
        else occupied.delete(room);
        if (isNews && event !== undefined) taken.add(event);
        if (lost > 0) {
          lost -= 1;
          throw new Error('lost');
        }
        if (isNews && event !== undefined) append(event);
        return isNews;
      },
    };
    const feed = new WebhookFeed({
      outbox: { ...memory, isPersistent: true, rooms, append: ({ text }) => append(text) },
      ledger: new Ledger(),
      chosen: new Chosen({ events }, []),
      includeData: true,
      countPresent: async (room) => present.get(room) ?? 0,
      bus,
      clock,
      run: name,
      onWaiting: () => undefined,
    });
    feed.start({ entries: [], clean: true });
    return {
      feed,
      emit: bus.emit.bind(bus),
      /** The first local member comes, or the last one goes. */
      mark(room: string, isOccupied: boolean) {
        present.set(room, (present.get(room) ?? 0) + (isOccupied ? 1 : -1));
        bus.emit(isOccupied ? 'room.occupied' : 'room.vacated', { room });
      },
    };
  }
  return {
    present,
    occupied,
    told,
    start,
    loseAnswers: (count: number) => (lost = count),
    async wait(ms = UNDECIDED_MS) {
      clock.increment(ms);
      for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
    },
  };
}

test('a room is occupied once its first member of all nodes is there, and vacated when the last has gone', async () => {
  const nodes = createNodes();
  const [one, other] = [nodes.start('one'), nodes.start('other')];
  one.mark('r', true);
  await nodes.wait();
  other.mark('r', true);
  await nodes.wait();
  one.mark('r', false);
  await nodes.wait();
  expect(nodes.told).toEqual(['one: room.occupied r']);
  other.mark('r', false);
  await nodes.wait();
  expect(nodes.told.slice(1)).toEqual(['other: room.vacated r']);
});

test('one node tells it when two see the same', async () => {
  const nodes = createNodes();
  const [one, other] = [nodes.start('one'), nodes.start('other')];
  one.mark('r', true);
  other.mark('r', true);
  await nodes.wait();
  one.mark('r', false);
  other.mark('r', false);
  await nodes.wait();
  expect(nodes.told).toEqual(['one: room.occupied r', 'one: room.vacated r']);
});

test('a room that changes its mind within the time is no news', async () => {
  const nodes = createNodes();
  const [one, other] = [nodes.start('one'), nodes.start('other')];
  one.mark('r', true);
  await nodes.wait(UNDECIDED_MS - 1);
  one.mark('r', false);
  await nodes.wait();
  other.mark('s', true);
  await nodes.wait();
  other.mark('s', false);
  one.mark('s', true);
  await nodes.wait();
  expect(nodes.told).toEqual(['other: room.occupied s']);
});

test('a lost answer repeats nothing and leaves nothing untold, whatever the room does meanwhile', async () => {
  const nodes = createNodes();
  const one = nodes.start('one');
  one.mark('r', true);
  nodes.loseAnswers(2);
  await nodes.wait();
  expect(nodes.told).toEqual([]);
  one.mark('r', false);
  await nodes.wait();
  await nodes.wait();
  expect(nodes.told).toEqual(['one: room.occupied r', 'one: room.vacated r']);
});

test('what a node was about to tell that has ended is told by the next, or by one that has been there', async () => {
  const nodes = createNodes();
  const one = nodes.start('one');
  nodes.occupied.add('left').add('busy');
  nodes.present.set('busy', 1);
  nodes.start('next');
  await nodes.wait(0);
  nodes.occupied.add('later');
  one.feed.checkRooms();
  await nodes.wait(0);
  expect(nodes.told).toEqual(['next: room.vacated left', 'one: room.vacated later']);
});

test('a leave of a member whose join another node has told is told', () => {
  const nodes = createNodes(['member.left', 'member.away']);
  const one = nodes.start('one');
  one.emit('member.joined', { room: 'r', member: { id: 'c1' }, resumed: false });
  one.emit('member.away', { room: 'r', member: { id: 'c0', user: 'ann' } });
  one.emit('member.left', { room: 'r', member: { id: 'c0', user: 'ann' }, reason: 'expired' });
  expect(nodes.told).toEqual(['one: member.away r', 'one: member.left r']);
});
