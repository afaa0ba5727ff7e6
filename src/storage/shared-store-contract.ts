/** What a MembershipStore must do besides that several servers share; a part of its contract. */

import assert from 'node:assert/strict';
import { eventually, type TestFramework } from '../system/test-framework.ts';
import type { MembershipStore, StoredMember } from './membership-store.ts';
import type { StorePlace } from './store-place.ts';
import { ada, bob, put, remove } from './store-contract-samples.ts';

const awayAda: StoredMember = { ...ada, awaySince: 7 };

interface Servers {
  /** Opens the store of another server, as a server does when it starts. */
  readonly start: () => Promise<MembershipStore>;
}

export function describeSharedStore(
  { describe, test }: TestFramework,
  createPlace: () => Promise<StorePlace>,
): void {
  function check(name: string, body: (servers: Servers) => Promise<void>): void {
    test(name, () => visitServers(createPlace, body));
  }

  describe('shared by several servers', () => {
    check('gives a server its own records and no others', async ({ start }) => {
      const [one, two] = [await start(), await start()];
      await one.write('r', [put(ada)]);
      await two.write('r', [put(bob)]);
      assert.deepEqual(await idsOf(one, 'r'), ['ada']);
      assert.deepEqual(await idsOf(two, 'r'), ['bob']);
      assert.deepEqual((await two.rooms()).rooms, ['r']);
      const three = await start();
      assert.deepEqual(await idsOf(three, 'r'), []);
      assert.deepEqual((await three.rooms()).rooms, []);
    });

    check('changes no record of another server that runs', async ({ start }) => {
      const [one, two] = [await start(), await start()];
      await one.write('r', [put(ada)]);
      await two.write('r', [put({ ...ada, user: 'mallory' }), put(bob), remove('ada')]);
      assert.deepEqual((await one.load('r')).members, [ada]);
      assert.deepEqual(await idsOf(two, 'r'), ['bob']);
    });

    check(
      'gives what a server has left to one of the others, which is told of the rooms',
      async ({ start }) => {
        const servers = [await start(), await start(), await start()];
        const told: string[] = [];
        for (const server of servers) server.onOrphaned?.((rooms) => void told.push(...rooms));
        const gone = await start();
        await gone.write('r1', [put(ada)]);
        await gone.write('r2', [put(bob)]);
        await servers[0]!.write('r1', [put({ id: 'own', joinedAt: 1 })]);
        await gone.close();
        await eventually(async () => assert.deepEqual(told.toSorted(), ['r1', 'r2']));
        const loaded = await Promise.all(servers.map((server) => idsOf(server, 'r1')));
        assert.deepEqual(loaded.flat().toSorted(), ['ada', 'own']);
        const again = await Promise.all(servers.map((server) => idsOf(server, 'r1')));
        assert.deepEqual(again, loaded);
        const owner = servers[loaded.findIndex((ids) => ids.includes('ada'))]!;
        await owner.write('r1', [remove('ada')]);
        assert.deepEqual(await idsOf(owner, 'r1'), owner === servers[0] ? ['own'] : []);
      },
    );

    check('gives what the last server has left to the next that starts', async ({ start }) => {
      const gone = await start();
      await gone.write('r', [put(ada), put({ ...bob, awaySince: 3 })]);
      await gone.close();
      const next = await start();
      assert.deepEqual((await next.rooms()).rooms, ['r']);
      assert.deepEqual(await idsOf(next, 'r'), ['ada', 'bob']);
    });

    check('tells every server who is away, and in which rooms a user is', async ({ start }) => {
      const [one, two] = [await start(), await start()];
      await one.write('r1', [put(awayAda), put(bob)]);
      await one.write('r2', [put({ ...awayAda, id: 'again' })]);
      for (const server of [one, two]) {
        assert.deepEqual(await server.awayMembers?.('r1'), [awayAda]);
        assert.deepEqual((await server.awayIn?.('ada'))?.toSorted(), ['r1', 'r2']);
        assert.deepEqual(await server.awayIn?.('nobody'), []);
      }
      await one.write('r1', [put(ada)]);
      await one.write('r2', [remove('again')]);
      assert.deepEqual(await two.awayMembers?.('r1'), []);
      assert.deepEqual(await two.awayIn?.('ada'), []);
    });

    check('has a user away who was so on a server that has ended', async ({ start }) => {
      const [gone, other] = [await start(), await start()];
      await gone.write('r', [put(awayAda)]);
      await gone.close();
      assert.deepEqual(await other.awayIn?.('ada'), ['r']);
      other.onOrphaned?.(() => undefined);
      await eventually(async () => assert.deepEqual((await other.load('r')).members, [awayAda]));
      await other.write('r', [remove('ada')]);
      assert.deepEqual(await other.awayIn?.('ada'), []);
    });
  });
}

async function visitServers(
  createPlace: () => Promise<StorePlace>,
  body: (servers: Servers) => Promise<void>,
): Promise<void> {
  const place = await createPlace();
  const open = new Set<MembershipStore>();
  try {
    await body({
      async start() {
        const store = await place.open();
        open.add(store);
        await store.rooms();
        const close = store.close.bind(store);
        store.close = async () => {
          open.delete(store);
          await close();
        };
        return store;
      },
    });
  } finally {
    await Promise.all([...open].map((store) => store.close()));
    await place.dispose();
  }
}

async function idsOf(store: MembershipStore, room: string): Promise<string[]> {
  return (await store.load(room)).members.map(({ id }) => id).toSorted();
}
