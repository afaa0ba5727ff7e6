import { describe, expect, test } from 'vitest';
import { createMemoryBroker } from '../../../broker/memory-broker.ts';
import type { LoadedRoom, MembershipStore, StoredMember } from '../../../storage/membership-store.ts';
import { createHarness, FaultyStore, join, pass, settle } from '../../actor-harness.ts';
import { SERVER } from '../../runtime/sender.ts';

/** A store that finds in a room what another node has left, besides this node's own records. */
class SharedStore extends FaultyStore implements MembershipStore {
  left: readonly StoredMember[] = [];
  facts: Partial<LoadedRoom> = {};
  loads = 0;

  override async load(room: string): Promise<LoadedRoom> {
    this.loads += 1;
    for (const member of this.left) this.put(room, member);
    return { ...(await super.load(room)), ...this.facts };
  }
}

const orphaned = { type: 'room.orphaned' } as const;
const ANN = { id: 'x1', user: 'ann', joinedAt: 1 };
const NOBODY = { id: 'x2', joinedAt: 2 };

async function start(left: readonly StoredMember[], facts: Partial<LoadedRoom> = {}) {
  const store = new SharedStore();
  const told: string[] = [];
  const broker = createMemoryBroker();
  broker.leave = (_, { id }) => void told.push(id);
  const harness = createHarness({ store, broker, reconnectMs: 30_000, limits: { joinLeave: true } });
  const client = harness.connect('own');
  client.send(join('room1'));
  await settle();
  await pass(harness.clock, 250);
  store.left = left;
  store.facts = facts;
  const room = harness.directory.rooms.get('room1')!;
  return { ...harness, store, client, room, leaves: told };
}

describe('a room of which another node has left members', () => {
  test('takes them up while its own members stay, and tells of each once', async () => {
    const unlisted = [ANN, NOBODY].map(({ id }) => ({ id }));
    const { room, rooms, clock, store, leaves, toldOf, stateOf } = await start([ANN, NOBODY], { unlisted });
    room.send(orphaned, SERVER);
    await settle();
    await pass(clock, 250);
    expect((await rooms.members('room1')) as object).toMatchObject([
      { user: 'own', state: 'joined' },
      { user: 'ann', state: 'away' },
    ]);
    store.left = [];
    room.send(orphaned, SERVER);
    await settle();
    await pass(clock, 250);
    expect(toldOf('member.left')).toMatchObject([{ member: { id: 'x2' }, reason: 'swept' }]);
    expect(toldOf('member.away')).toMatchObject([{ member: { id: 'x1' } }]);
    expect(leaves).toEqual(['x1', 'x2']);
    expect(store.idsOf('room1').toSorted()).toEqual(['c1', 'x1']);
    expect([store.loads, stateOf('room1')]).toMatchObject([3, { active: { journal: 'clean' } }]);
  });

  test('sweeps a user who is present on a node that runs', async () => {
    const { room, rooms, clock, toldOf } = await start([ANN], { present: ['ann'] });
    room.send(orphaned, SERVER);
    await settle();
    await pass(clock, 250);
    expect(await rooms.members('room1')).toHaveLength(1);
    expect(toldOf('member.left')).toMatchObject([{ member: ANN_INFO, reason: 'swept' }]);
    expect(toldOf('member.away')).toEqual([]);
  });

  test('does not take up who leaves, or goes away, while the store is read', async () => {
    const { room, client, clock, store, toldOf, connect } = await start([]);
    const other = connect();
    other.send(join('room1'));
    await pass(clock, 250);
    store.hold();
    room.send(orphaned, SERVER);
    await settle();
    client.lose();
    other.lose();
    store.release();
    await settle();
    await pass(clock, 500);
    expect(toldOf('member.away')).toMatchObject([{ member: { id: 'c1' } }]);
    expect(toldOf('member.left')).toMatchObject([{ member: { id: 'c2' }, reason: 'disconnected' }]);
    expect(store.idsOf('room1')).toEqual(['c1']);
  });

  test('is read again for what is told while it is read, and tried again when the store fails', async () => {
    const { room, clock, store, stateOf, toldOf } = await start([]);
    store.hold();
    room.send(orphaned, SERVER);
    await settle();
    expect(stateOf('room1')).toMatchObject({ active: { journal: 'rereading' } });
    room.send(orphaned, SERVER);
    store.release();
    await settle();
    expect(store.loads).toBe(3);
    store.error = new Error('away');
    room.send(orphaned, SERVER);
    await settle();
    store.error = undefined;
    store.left = [NOBODY];
    await pass(clock, 1_000);
    await pass(clock, 1_000);
    expect(toldOf('member.left')).toMatchObject([{ member: { id: 'x2' }, reason: 'swept' }]);
    expect(toldOf('store.recovered')).toHaveLength(1);
  });

  test('tells a store that has lost everything again', async () => {
    const { room, client, connect, clock, store, toldOf } = await start([]);
    connect('other').send(join('room1'));
    client.lose();
    await pass(clock, 250);
    store.members.clear();
    room.send({ type: 'room.forgotten' }, SERVER);
    await pass(clock, 250);
    expect(store.idsOf('room1').toSorted()).toEqual(['c1', 'c2']);
    expect(toldOf('member.away')).toHaveLength(1);
  });

  test('waits no more for a user who has come back on another node', async () => {
    const { room, client, clock, rooms, store, toldOf } = await start([]);
    client.lose();
    await pass(clock, 250);
    room.send({ type: 'room.resumed', user: 'nobody' }, SERVER);
    room.send({ type: 'room.resumed', user: 'own' }, SERVER);
    await pass(clock, 250);
    expect(toldOf('member.left')).toMatchObject([{ member: { id: 'c1' }, reason: 'resumed' }]);
    expect([await rooms.members('room1'), store.idsOf('room1')]).toEqual([[], []]);
  });
});

const ANN_INFO = { id: 'x1', user: 'ann' };
