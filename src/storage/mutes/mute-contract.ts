/**
 * What any MuteStore must do, as a test suite: run it on your own store with the test framework of your choice. It knows no
 * store and imports no framework.
 */

import assert from 'node:assert/strict';
import type { TestFramework } from '../../system/test-framework.ts';
import type { MuteStore } from './mute-store.ts';

export interface MuteStoreUnderTest {
  readonly name: string;
  /** Makes a store for one test, empty at first. The test closes it. */
  create(): Promise<MuteStore>;
}

/** Registers the contract of {@link MuteStore} as tests, as `describeMembershipStore` does. */
export function describeMuteStore({ describe, test }: TestFramework, subject: MuteStoreUnderTest): void {
  describe(`${subject.name} keeps the contract of a mute store`, () => {
    test('has the rooms that are muted, whatever their names are', async () => {
      const store = await subject.create();
      assert.deepEqual(await store.load(), []);
      await store.write(ODD.map((room) => ({ room, muted: true })));
      await store.write([]);
      assert.deepEqual((await store.load()).toSorted(), ODD.toSorted());
      await store.close();
    });

    test('has what was said last, also in one call', async () => {
      const store = await subject.create();
      await store.write(['a', 'b', 'c'].map((room) => ({ room, muted: true })));
      await store.write([
        { room: 'a', muted: false },
        { room: 'b', muted: false },
        { room: 'b', muted: true },
        { room: 'd', muted: true },
        { room: 'd', muted: false },
        { room: 'nowhere', muted: false },
      ]);
      await store.write([{ room: 'c', muted: true }]);
      assert.deepEqual((await store.load()).toSorted(), ['b', 'c']);
      await store.close();
    });
  });
}

const ODD = ['room1', '__proto__', '{a}', 'комната 🏠', '\n"\\'];
