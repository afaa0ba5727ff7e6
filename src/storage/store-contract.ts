/**
 * What any MembershipStore must do, as a test suite: run it on your own store with the test framework
 * of your choice. It knows no store and imports no framework.
 */

import assert from 'node:assert/strict';
import { createRandom, type TestFramework } from '../system/test-framework.ts';
import type { MembershipStore, StoredMember } from './membership-store.ts';
import type { StorePlace } from './store-place.ts';
import { describeSharedStore } from './shared-store-contract.ts';
import {
  ada,
  applyToModel,
  bob,
  numbered,
  ODD_NAMES,
  put,
  randomChange,
  remove,
} from './store-contract-samples.ts';

export interface StoreUnderTest {
  readonly name: string;
  /** Whether what is written outlives `close`: `false` leaves the tests about that out. */
  readonly persistent: boolean;
  /** Whether several servers may have it open at the same time. Default false. */
  readonly shared?: boolean;
  /** Makes the place of one test. */
  createPlace(): Promise<StorePlace>;
}

/**
 * Registers the contract of {@link MembershipStore} as tests.
 *
 * @example
 * ```ts
 * import { describe, test } from 'node:test';
 * import { describeMembershipStore } from 'statecast/testing';
 *
 * describeMembershipStore({ describe, test }, {
 *   name: 'my store',
 *   persistent: true,
 *   createPlace: async () => {
 *     const table = await createEmptyTable();
 *     return { open: async () => createMyStore(table), dispose: () => table.drop() };
 *   },
 * });
 * ```
 */
export function describeMembershipStore({ describe, test }: TestFramework, subject: StoreUnderTest): void {
  function check(name: string, body: (visit: Visit) => Promise<void>): void {
    test(name, () => visitPlace(subject, body));
  }

  describe(`${subject.name} keeps the contract of a membership store`, () => {
    describe('reading', () => {
      check('a room that was never written has no members', async ({ store }) => {
        await expectMembers(store, 'nobody', []);
      });

      check('an empty store lists no rooms', async ({ store }) => {
        assert.deepEqual(await listRooms(store), []);
      });

      check('what was loaded does not change with later writes', async ({ store }) => {
        await store.write('r', [put(ada)]);
        const { members } = await store.load('r');
        await store.write('r', [put(bob), remove('ada')]);
        assert.deepEqual(members, [ada]);
      });
    });

    describe('writing', () => {
      check('a member that was put is loaded with every field it has, and no other', async ({ store }) => {
        const members = [
          { id: 'anonymous', joinedAt: 0 },
          { id: 'named', user: 'ada', joinedAt: 1_767_225_600_000 },
          { id: 'away', user: 'bob', joinedAt: 1_767_225_600_000, awaySince: 1_767_225_660_123 },
          { id: 'anonymous and away', joinedAt: 1, awaySince: 0 },
          { id: 'user without a name', user: '', joinedAt: 1 },
        ];
        await store.write('r', members.map(put));
        await expectMembers(store, 'r', members);
      });

      check('putting a known id replaces the member, also when a field is gone', async ({ store }) => {
        await store.write('r', [put({ ...ada, awaySince: 7 }), put(bob)]);
        await store.write('r', [put(ada)]);
        await expectMembers(store, 'r', [ada, bob]);
      });

      check('a removed member is gone, and the others stay', async ({ store }) => {
        await store.write('r', [put(ada), put(bob)]);
        await store.write('r', [remove('ada')]);
        await expectMembers(store, 'r', [bob]);
      });

      check('removing an unknown id changes nothing, in known and unknown rooms', async ({ store }) => {
        await store.write('r', [put(ada)]);
        await store.write('r', [remove('nobody')]);
        await store.write('never seen', [remove('nobody')]);
        await expectMembers(store, 'r', [ada]);
        assert.deepEqual(await listRooms(store), ['r']);
      });

      check('no changes at all are a write as well', async ({ store }) => {
        await store.write('r', [put(ada)]);
        await store.write('r', []);
        await store.write('never seen', []);
        await expectMembers(store, 'r', [ada]);
        assert.deepEqual(await listRooms(store), ['r']);
      });

      check('changes of one write apply in their order', async ({ store }) => {
        await store.write('r', [put(ada), remove('ada'), put(bob), put({ ...bob, user: 'robert' })]);
        await expectMembers(store, 'r', [{ ...bob, user: 'robert' }]);
        await store.write('r', [remove('bob'), put(bob), put(ada), remove('ada')]);
        await expectMembers(store, 'r', [bob]);
      });

      check('the same changes twice are the same as once', async ({ store }) => {
        const changes = [put(ada), put(bob), remove('ada'), put({ ...bob, awaySince: 5 })];
        await store.write('r', changes);
        await store.write('r', changes);
        await expectMembers(store, 'r', [{ ...bob, awaySince: 5 }]);
      });

      check('a member is kept as it was when it was put, whatever its object becomes', async ({ store }) => {
        const member = { ...ada };
        await store.write('r', [put(member)]);
        member.user = 'mallory';
        await expectMembers(store, 'r', [ada]);
      });
    });

    describe('rooms', () => {
      check('only rooms with members are listed', async ({ store }) => {
        await store.write('stays', [put(ada)]);
        await store.write('empties', [put(ada), put(bob)]);
        await store.write('empties', [remove('ada'), remove('bob')]);
        assert.deepEqual(await listRooms(store), ['stays']);
        await expectMembers(store, 'empties', []);
      });

      check('a room that was emptied takes members again', async ({ store }) => {
        await store.write('r', [put(ada)]);
        await store.write('r', [remove('ada')]);
        await store.write('r', [put(bob)]);
        await expectMembers(store, 'r', [bob]);
        assert.deepEqual(await listRooms(store), ['r']);
      });

      check('one id in two rooms is two members', async ({ store }) => {
        await store.write('r1', [put(ada)]);
        await store.write('r2', [put({ ...ada, awaySince: 3 })]);
        await store.write('r1', [remove('ada')]);
        await expectMembers(store, 'r1', []);
        await expectMembers(store, 'r2', [{ ...ada, awaySince: 3 }]);
      });

      check('odd room names are kept as they are, and apart', async (visit) => {
        for (const [index, room] of ODD_NAMES.entries())
          await visit.store.write(room, [put(numbered(index))]);
        if (subject.persistent) await visit.reopen();
        assert.deepEqual(await listRooms(visit.store), ODD_NAMES.toSorted());
        for (const [index, room] of ODD_NAMES.entries())
          await expectMembers(visit.store, room, [numbered(index)]);
      });

      check('odd ids and users are kept as they are, and apart', async (visit) => {
        const members = ODD_NAMES.map((name) => ({ id: name, user: name, joinedAt: 1 }));
        await visit.store.write('r', members.map(put));
        if (subject.persistent) await visit.reopen();
        await expectMembers(visit.store, 'r', members);
        await visit.store.write('r', ODD_NAMES.map(remove));
        await expectMembers(visit.store, 'r', []);
      });
    });

    describe('load', () => {
      check('many rooms are written and loaded at the same time', async ({ store }) => {
        const rooms = Array.from({ length: MANY_ROOMS }, (_, index) => `room ${index}`);
        await Promise.all(
          rooms.map(async (room, index) => {
            await store.write(room, [put(ada), put(numbered(index))]);
            await store.write(room, [remove('ada')]);
            await expectMembers(store, room, [numbered(index)]);
          }),
        );
        assert.deepEqual(await listRooms(store), rooms.toSorted());
      });

      check('a room holds ten thousand members', async (visit) => {
        const members = Array.from({ length: MANY_MEMBERS }, (_, index) => numbered(index));
        await visit.store.write('r', members.map(put));
        await visit.store.write('r', [put(ada), remove('member 1')]);
        if (subject.persistent) await visit.reopen();
        await expectMembers(visit.store, 'r', [ada, ...members.filter(({ id }) => id !== 'member 1')]);
      });

      check('any sequence of changes leaves what a plain map would hold', async (visit) => {
        const random = createRandom(SEED);
        const model = new Map(SEQUENCE_ROOMS.map((room) => [room, new Map<string, StoredMember>()]));
        for (let step = 0; step < SEQUENCE_STEPS; step += 1) {
          const room = SEQUENCE_ROOMS[random(SEQUENCE_ROOMS.length)]!;
          const changes = Array.from({ length: 1 + random(4) }, () => randomChange(random));
          await visit.store.write(room, changes);
          for (const change of changes) applyToModel(model.get(room)!, change);
          if (subject.persistent && random(10) === 0) await visit.reopen();
          await expectMembers(visit.store, room, [...model.get(room)!.values()]);
        }
        const occupied = SEQUENCE_ROOMS.filter((room) => model.get(room)!.size > 0);
        assert.deepEqual(await listRooms(visit.store), occupied.toSorted());
      });
    });

    if (subject.shared === true) describeSharedStore({ describe, test }, () => subject.createPlace());

    if (!subject.persistent) return;

    describe('a store opened again', () => {
      check('has every member that was written', async (visit) => {
        await visit.store.write('r1', [put(ada), put({ ...bob, awaySince: 9 })]);
        await visit.store.write('r2', [put(bob)]);
        await visit.reopen();
        assert.deepEqual(await listRooms(visit.store), ['r1', 'r2']);
        await expectMembers(visit.store, 'r1', [ada, { ...bob, awaySince: 9 }]);
        await expectMembers(visit.store, 'r2', [bob]);
      });

      check('has no member and no room that was removed', async (visit) => {
        await visit.store.write('r1', [put(ada), put(bob)]);
        await visit.store.write('r2', [put(bob)]);
        await visit.store.write('r1', [remove('ada')]);
        await visit.store.write('r2', [remove('bob')]);
        await visit.reopen();
        assert.deepEqual(await listRooms(visit.store), ['r1']);
        await expectMembers(visit.store, 'r1', [bob]);
        await expectMembers(visit.store, 'r2', []);
      });

      check('adds to a room that it has not loaded', async (visit) => {
        await visit.store.write('r', [put(ada)]);
        await visit.reopen();
        await visit.store.write('r', [put(bob)]);
        await expectMembers(visit.store, 'r', [ada, bob]);
      });
    });
  });
}

const MANY_ROOMS = 100;
const MANY_MEMBERS = 10_000;
const SEQUENCE_STEPS = 200;
const SEQUENCE_ROOMS = ['r1', 'r2', 'r3'];
/** Fixed, so that a failure comes again. */
const SEED = 20_260_101;

interface Visit {
  /** The store that is open now. */
  store: MembershipStore;
  /** Closes it and opens another one on the same place. */
  reopen(): Promise<void>;
}

async function visitPlace(subject: StoreUnderTest, body: (visit: Visit) => Promise<void>): Promise<void> {
  const place = await subject.createPlace();
  try {
    const visit: Visit = {
      store: await place.open(),
      async reopen() {
        await visit.store.close();
        visit.store = await place.open();
      },
    };
    try {
      await body(visit);
    } finally {
      await visit.store.close();
    }
  } finally {
    await place.dispose();
  }
}

async function listRooms(store: MembershipStore): Promise<string[]> {
  const { rooms, setAside } = await store.rooms();
  assert.deepEqual(setAside ?? [], [], 'the store put something aside that it wrote itself');
  return rooms.toSorted();
}

/** Members come in any order. */
async function expectMembers(
  store: MembershipStore,
  room: string,
  expected: readonly StoredMember[],
): Promise<void> {
  const { members, setAside } = await store.load(room);
  assert.equal(setAside, undefined, 'the store put something aside that it wrote itself');
  assert.deepEqual(members.toSorted(byId), expected.toSorted(byId));
}

function byId(a: StoredMember, b: StoredMember): number {
  return a.id < b.id ? -1 : 1;
}
