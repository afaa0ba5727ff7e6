/**
 * What any RevocationStore must do, as a test suite: run it on your own store with the test framework of your choice. It
 * knows no store and imports no framework.
 */

import assert from 'node:assert/strict';
import type { TestFramework } from '../../system/test-framework.ts';
import { keyOf, type Revocation, type RevocationChange, type RevocationStore } from './revocation-store.ts';

/** Somewhere for one test to keep revocations, empty at first. */
export interface RevocationPlace {
  /** Opens a store on it. It is opened again after its `close`. */
  open(): Promise<RevocationStore>;
  /** Removes it, after the last store was closed. */
  dispose(): Promise<void>;
}

export interface RevocationStoreUnderTest {
  readonly name: string;
  /** Whether what is written outlives `close`: `false` leaves the tests about that out. */
  readonly persistent: boolean;
  /** Makes the place of one test. */
  createPlace(): Promise<RevocationPlace>;
}

/** Registers the contract of {@link RevocationStore} as tests, as `describeMembershipStore` does. */
export function describeRevocationStore(
  { describe, test }: TestFramework,
  subject: RevocationStoreUnderTest,
): void {
  function check(name: string, body: (place: RevocationPlace) => Promise<void>): void {
    test(name, async () => {
      const place = await subject.createPlace();
      try {
        await body(place);
      } finally {
        await place.dispose();
      }
    });
  }

  describe(`${subject.name} keeps the contract of a revocation store`, () => {
    check('has nothing at first', async (place) => {
      const store = await place.open();
      assert.deepEqual(await store.load(), []);
      await store.close();
    });

    check('takes any names, and changes in any number', async (place) => {
      const store = await place.open();
      await store.load();
      await store.write(ODD.map(add));
      await store.write([]);
      await store.write(
        Array.from({ length: 1_000 }, (_, index) => add({ token: `t${index}`, until: LATE })),
      );
      await store.close();
    });

    check('lifts what is not there', async (place) => {
      const store = await place.open();
      await store.load();
      await store.write([
        { type: 'lift', what: { user: 'nobody' } },
        { type: 'lift', what: { token: 't' } },
      ]);
      await store.close();
    });

    if (!subject.persistent) return;

    check('keeps everything as it is', async (place) => {
      assert.deepEqual(await keep(place, [ODD.map(add)]), sorted(ODD));
    });

    check('has the latest of each token and each user, whose names may be the same', async (place) => {
      const kept = await keep(place, [
        [add({ user: 'a', issuedBefore: 1, until: LATE }), add({ token: 'a', until: LATE })],
        [add({ user: 'a' }), add({ token: 'a', until: LATE + 1 })],
      ]);
      assert.deepEqual(kept, sorted([{ user: 'a' }, { token: 'a', until: LATE + 1 }]));
    });

    check('forgets what is lifted, and only that', async (place) => {
      const kept = await keep(place, [
        [add({ user: 'a' }), add({ user: 'b' }), add({ token: 'a', until: LATE })],
        [{ type: 'lift', what: { user: 'a' } }],
        [add({ user: 'c' }), { type: 'lift', what: { user: 'c' } }],
      ]);
      assert.deepEqual(kept, sorted([{ user: 'b' }, { token: 'a', until: LATE }]));
    });

    check('keeps what was there before, from run to run', async (place) => {
      for (let run = 1; run <= 3; run += 1) {
        const kept = await keep(place, [[add({ user: `u${run}` })]]);
        assert.equal(kept.length, run);
      }
    });
  });
}

/** The end of the year 9999. */
const LATE = 253_402_300_799_000;

const ODD: readonly Revocation[] = [
  { user: 'ann' },
  { user: 'user a', issuedBefore: 0 },
  { user: '\n"\\', issuedBefore: 1_900_000_000_000, until: LATE },
  { token: 'жук 🏠', until: LATE },
  { token: '__proto__', until: LATE },
];

function add(revocation: Revocation): RevocationChange {
  return { type: 'add', revocation };
}

/** Writes changes in a run of their own, and returns what the next one finds. */
async function keep(place: RevocationPlace, writes: readonly (readonly RevocationChange[])[]) {
  const store = await place.open();
  await store.load();
  for (const changes of writes) await store.write(changes);
  await store.close();
  const next = await place.open();
  const kept = await next.load();
  await next.close();
  return sorted(kept);
}

function sorted(revocations: readonly Revocation[]): Revocation[] {
  return revocations.toSorted((one, other) => (keyOf(one) < keyOf(other) ? -1 : 1));
}
