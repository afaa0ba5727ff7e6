/**
 * The contract of {@link StatStore} as tests for any store, part of `statecast/testing`. It uses the assertions of
 * Node.js, so that it runs in any framework with `describe` and `test`.
 */

import assert from 'node:assert/strict';
import type { TestFramework } from '../../system/test-framework.ts';
import { nameKey, toEntry, type CallRecord, type StatEntry } from './stat-counts.ts';
import type { StatStore } from './stat-store.ts';

/** The place where one test keeps statistics, empty at first. */
export interface StatStorePlace {
  /** Opens a store. A persistent store is opened again after `close`, and must find what was added. */
  open(): Promise<StatStore>;
  /** Removes the place, after the last store was closed. */
  dispose(): Promise<void>;
}

export interface StatStoreUnderTest {
  readonly name: string;
  /** Whether entries survive `close`; `false` skips the tests for it. */
  readonly persistent: boolean;
  /** Makes the place of one test. */
  createPlace(): Promise<StatStorePlace>;
}

/**
 * Registers the contract of {@link StatStore} as tests.
 *
 * @example
 * ```ts
 * import { describe, test } from 'node:test';
 * import { describeStatStore } from 'statecast/testing';
 *
 * describeStatStore({ describe, test }, {
 *   name: 'my store',
 *   persistent: true,
 *   createPlace: async () => {
 *     const key = await createEmptyKey();
 *     return { open: async () => createMyStore(key), dispose: () => remove(key) };
 *   },
 * });
 * ```
 */
export function describeStatStore({ describe, test }: TestFramework, subject: StatStoreUnderTest): void {
  function check(name: string, body: (store: StatStore, place: StatStorePlace) => Promise<void>): void {
    test(name, async () => {
      const place = await subject.createPlace();
      try {
        await withStore(place, (store) => body(store, place));
      } finally {
        await place.dispose();
      }
    });
  }

  describe(`${subject.name} keeps the contract of a store of statistics`, () => {
    check('an empty store gives nothing', async (store) => {
      assert.deepEqual(await store.take(10), []);
    });

    check('what was added is taken once', async (store) => {
      await store.add([call({}), call({ func: 'other' })]);
      expectEntries(await store.take(10), [call({}), call({ func: 'other' })]);
      assert.deepEqual(await store.take(10), []);
    });

    check('counts of one key are added up', async (store) => {
      await store.add([call({ durationMs: 3 }), call({ durationMs: 70 })]);
      await store.add([call({ durationMs: 9000 })]);
      const [entry, ...rest] = await store.take(10);
      assert.deepEqual(rest, []);
      assert.deepEqual(entry?.counts, {
        succeeded: 3,
        timedOut: 0,
        failed: 0,
        totalMs: 9073,
        minMs: 3,
        maxMs: 9000,
        latencies: [1, 0, 0, 1, 0, 0, 0, 0, 1],
      });
    });

    check('calls that differ in any part of the key are kept apart', async (store) => {
      const entries = [
        call({}),
        call({ object: 'App.Second.Obj' }),
        call({ func: 'second' }),
        call({ endpoint: { host: '10.0.0.2', port: 1 } }),
        call({ endpoint: { host: '10.0.0.1', port: 2 } }),
        call({ outcome: 'failed', ret: -1 }),
        call({ func: 'a","b|c.d\n€' }),
      ];
      await store.add(entries);
      expectEntries(await store.take(100), entries);
    });

    check('the least time is that of a call that succeeded', async (store) => {
      await store.add([call({ outcome: 'failed', durationMs: 1 })]);
      await store.add([call({ durationMs: 20 })]);
      await store.add([call({ outcome: 'timedOut', durationMs: 1 })]);
      const [entry] = await store.take(1);
      assert.deepEqual([entry?.counts.minMs, entry?.counts.maxMs, entry?.counts.totalMs], [20, 20, 20]);
      assert.deepEqual([entry?.counts.succeeded, entry?.counts.failed, entry?.counts.timedOut], [1, 1, 1]);
    });

    check('no more is taken than asked for, and the rest stays', async (store) => {
      const entries = numbered(10);
      await store.add(entries);
      const first = await store.take(4);
      assert.equal(first.length, 4);
      expectEntries([...first, ...(await store.take(100))], entries);
    });

    check('what could not be sent is added again, to what came meanwhile', async (store) => {
      await store.add([call({ durationMs: 1 })]);
      const taken = await store.take(10);
      await store.add([call({ durationMs: 7 })]);
      await store.add(taken);
      const [entry] = await store.take(10);
      assert.deepEqual([entry?.counts.succeeded, entry?.counts.totalMs], [2, 8]);
    });

    check('adding nothing is fine', async (store) => {
      await store.add([]);
      assert.deepEqual(await store.take(10), []);
    });

    check('a thousand keys are kept', async (store) => {
      await store.add(numbered(1000));
      await store.add(numbered(1000));
      const taken = await store.take(2000);
      assert.equal(taken.length, 1000);
      assert.ok(taken.every(({ counts }) => counts.succeeded === 2));
    });

    if (!subject.persistent) return;

    check('a store opened again has what was added and not taken', async (store, place) => {
      await store.add(numbered(3));
      const taken = await store.take(1);
      await store.close();
      await withStore(place, async (again) => {
        expectEntries([...taken, ...(await again.take(10))], numbered(3));
      });
    });
  });
}

function call(part: Partial<CallRecord>): StatEntry {
  return toEntry({
    object: 'App.First.Obj',
    func: 'first',
    endpoint: { host: '10.0.0.1', port: 1 },
    outcome: 'succeeded',
    ret: 0,
    durationMs: 4,
    ...part,
  });
}

function numbered(count: number): StatEntry[] {
  return Array.from({ length: count }, (_, index) => call({ func: `function ${index}` }));
}

async function withStore(place: StatStorePlace, body: (store: StatStore) => Promise<void>): Promise<void> {
  const store = await place.open();
  try {
    await body(store);
  } finally {
    await store.close();
  }
}

/** Entries come in any order. */
function expectEntries(taken: readonly StatEntry[], expected: readonly StatEntry[]): void {
  assert.deepEqual(sorted(taken), sorted(expected));
}

function sorted(entries: readonly StatEntry[]): StatEntry[] {
  return entries.toSorted((one, other) => (nameKey(one.key) < nameKey(other.key) ? -1 : 1));
}
