/**
 * What any Presence must do, as a test suite: run it on your own presence with the test framework of your choice. It
 * knows no presence and imports no framework. Every result is awaited, and other nodes may see it later.
 */

import assert from 'node:assert/strict';
import { createRandom, eventually, sleep, type TestFramework } from '../../system/test-framework.ts';
import type { Presence, PresentMember } from './presence.ts';

/** Lists for one test, empty at first. */
export interface PresencePlace {
  /** Connects another node to the same lists. The test closes it. */
  connect(): Promise<Presence>;
  /** Lets time pass for members that are not refreshed. Default: really waits. */
  elapse?(ms: number): Promise<void>;
  /** Removes the lists, after the last node was closed. */
  dispose(): Promise<void>;
}

export interface PresenceUnderTest {
  readonly name: string;
  /** Makes the place of one test. Give it a short `ttlMs`, if it has one. */
  createPlace(): Promise<PresencePlace>;
}

/**
 * Registers the contract of {@link Presence} as tests, as `describeBroker` does.
 */
export function describePresence({ describe, test }: TestFramework, subject: PresenceUnderTest): void {
  function check(name: string, body: (visit: Visit) => Promise<void>): void {
    test(name, () => visitPlace(subject, body));
  }

  describe(`${subject.name} keeps the contract of a presence`, () => {
    check('a room that nobody has joined has nobody', async ({ nodes: [one] }) => {
      assert.deepEqual(await one.list('r'), []);
      assert.deepEqual(await one.stats('r'), { connections: 0, users: 0 });
    });

    check('a member that was added is listed on every node, with every field it has', async ({ nodes }) => {
      await nodes[0].add('r', ann);
      await nodes[1].add('r', anonymous);
      for (const node of nodes) await expectMembers(node, 'r', [ann, anonymous]);
    });

    check('a member that was removed is not listed, and the others are', async ({ nodes: [one, two] }) => {
      await one.add('r', ann);
      await one.add('r', anonymous);
      await one.remove('r', ann.id);
      await one.remove('r', ann.id);
      await one.remove('nobody was here', ann.id);
      await expectMembers(two, 'r', [anonymous]);
      await one.remove('r', anonymous.id);
      await expectMembers(two, 'r', []);
    });

    check('adding a known id replaces the member', async ({ nodes: [one, two] }) => {
      await one.add('r', ann);
      await one.add('r', { id: ann.id, joinedAt: 7 });
      await expectMembers(two, 'r', [{ id: ann.id, joinedAt: 7 }]);
    });

    check('one id in two rooms is two members', async ({ nodes: [one] }) => {
      await one.add('r1', ann);
      await one.add('r2', { ...ann, joinedAt: 9 });
      await one.remove('r1', ann.id);
      await expectMembers(one, 'r1', []);
      await expectMembers(one, 'r2', [{ ...ann, joinedAt: 9 }]);
    });

    check(
      'rooms, ids and users of any text are kept as they are, and apart',
      async ({ nodes: [one, two] }) => {
        for (const room of TEXTS)
          for (const text of TEXTS) await one.add(room, { id: text, user: text, joinedAt: 1 });
        for (const room of TEXTS) {
          const expected = TEXTS.map((text) => ({ id: text, user: text, joinedAt: 1 }));
          await expectMembers(two, room, expected);
        }
      },
    );

    check('the numbers are those of connections and of different users', async ({ nodes: [one, two] }) => {
      await one.add('r', ann);
      await two.add('r', { ...ann, id: 'c9' });
      await two.add('r', bob);
      await eventually(async () => assert.deepEqual(await one.stats('r'), { connections: 3, users: 2 }));
      await one.add('r', anonymous);
      await two.add('r', { ...anonymous, id: 'c10' });
      for (const node of [one, two]) {
        await eventually(async () => assert.deepEqual(await node.stats('r'), { connections: 5, users: 3 }));
      }
      await one.remove('r', ann.id);
      await eventually(async () => assert.deepEqual(await two.stats('r'), { connections: 4, users: 3 }));
      await two.remove('r', 'c9');
      await eventually(async () => assert.deepEqual(await one.stats('r'), { connections: 3, users: 2 }));
    });

    check('a room takes no more members than its capacity, over all nodes', async ({ nodes: [one, two] }) => {
      const outside: PresentMember = { id: 'outside:bot', joinedAt: 1, isOutside: true };
      await one.add('r', outside);
      assert.equal(await one.add('r', ann, 2), undefined);
      assert.equal(await two.add('r', bob, 2), undefined);
      assert.equal(await one.add('r', anonymous, 2), 'full');
      assert.equal(await two.add('r', { ...ann, joinedAt: 3 }, 2), undefined);
      await expectMembers(one, 'r', [outside, { ...ann, joinedAt: 3 }, bob]);
      await one.remove('r', ann.id);
      await one.remove('r', outside.id);
      assert.equal(await two.add('r', anonymous, 2), undefined);
      await expectMembers(one, 'r', [bob, anonymous]);
      assert.equal(await one.add('r', ann), undefined);
    });

    check('calls take effect in their order, awaited or not', async ({ nodes: [one, two] }) => {
      const calls = Array.from({ length: 50 }, async (_, index) =>
        index % 2 === 0 ? one.add('r', { ...ann, joinedAt: index }) : one.remove('r', ann.id),
      );
      calls.push(Promise.resolve(one.add('r', bob)));
      await Promise.all(calls);
      await expectMembers(two, 'r', [bob]);
    });

    check('a refreshed member that is not listed any more is listed again', async ({ nodes: [one, two] }) => {
      await one.add('r', ann);
      await one.refresh('r', [ann, bob]);
      await one.refresh('r', []);
      await expectMembers(two, 'r', [ann, bob]);
    });

    check(
      'a member stays as long as it is refreshed, and no longer',
      async ({ nodes: [one, two], elapse }) => {
        const { ttlMs } = one;
        if (ttlMs === undefined) return;
        await one.add('r', ann);
        await one.add('r', bob);
        for (let turn = 0; turn < 4; turn += 1) {
          await elapse(ttlMs / 2);
          await one.refresh('r', [ann]);
        }
        await expectMembers(two, 'r', [ann]);
        await elapse(ttlMs * 2);
        assert.equal(await two.add('r', anonymous, 1), undefined);
        await two.remove('r', anonymous.id);
        await expectMembers(two, 'r', []);
        await eventually(async () => assert.deepEqual(await two.stats('r'), { connections: 0, users: 0 }));
      },
    );

    check('a room holds five thousand members', async ({ nodes: [one, two] }) => {
      const members = Array.from({ length: 5_000 }, (_, index) => ({
        id: `c${index}`,
        user: `u${index % 100}`,
        joinedAt: index,
      }));
      await Promise.all(members.map(async (member) => one.add('r', member)));
      await expectMembers(two, 'r', members);
      await eventually(async () =>
        assert.deepEqual(await two.stats('r'), { connections: 5_000, users: 100 }),
      );
    });

    check('any sequence of calls leaves what a plain map would hold', async ({ nodes }) => {
      const random = createRandom(SEED);
      const model = new Map<string, PresentMember>();
      for (let step = 0; step < 200; step += 1) {
        const node = nodes[random(2)]!;
        const id = `c${random(8)}`;
        if (random(3) === 0) {
          await node.remove('r', id);
          model.delete(id);
        } else {
          const member = { id, ...(random(2) === 0 && { user: `u${random(3)}` }), joinedAt: step };
          await node.add('r', member);
          model.set(id, member);
        }
        await expectMembers(nodes[random(2)]!, 'r', [...model.values()]);
      }
    });
  });
}

/** Fixed, so that a failure comes again. */
const SEED = 20_260_302;

const ann: PresentMember = { id: 'c1', user: 'ann', joinedAt: 1_767_225_600_000 };
const bob: PresentMember = { id: 'c2', user: 'bob', joinedAt: 1_767_225_600_001 };
const anonymous: PresentMember = { id: 'c3', joinedAt: 0 };

const TEXTS = ['r', 'R', 'r ', '{r}', 'a:b', '*', '__proto__', '"', 'комната', '🏠', 'x'.repeat(255)];

interface Visit {
  readonly nodes: readonly [Presence, Presence];
  readonly elapse: (ms: number) => Promise<void>;
}

async function visitPlace(subject: PresenceUnderTest, body: (visit: Visit) => Promise<void>): Promise<void> {
  const place = await subject.createPlace();
  const nodes = [await place.connect(), await place.connect()] as const;
  try {
    await body({ nodes, elapse: async (ms) => place.elapse?.(ms) ?? sleep(ms) });
  } finally {
    for (const node of nodes) await node.close();
    await place.dispose();
  }
}

/** Members come in any order, and on other nodes perhaps a little later. */
async function expectMembers(
  node: Presence,
  room: string,
  expected: readonly PresentMember[],
): Promise<void> {
  await eventually(async () => {
    const members = await node.list(room);
    assert.deepEqual(members.toSorted(byId), expected.toSorted(byId));
  });
}

function byId(a: PresentMember, b: PresentMember): number {
  return a.id < b.id ? -1 : 1;
}
