/** The part of the broker's contract about what a publisher may ask of the stream: no place in it, or a version. */

import assert from 'node:assert/strict';
import { eventually, type TestFramework } from '../system/test-framework.ts';
import { ann, assertPosition, HOUR_MS, KEEP, MANY, offsetsOf, type Visit } from './broker-contract-visit.ts';
import type { PublicationVersion } from './broker.ts';

export function describePublishOptions(
  describe: TestFramework['describe'],
  check: (name: string, body: (visit: Visit) => Promise<void>) => void,
): void {
  describe('publishing where no history is kept', () => {
    check('takes places of a stream, or none at all', async ({ node }) => {
      const [one, two] = [await node('r'), await node('r')];
      const numbers = Array.from({ length: MANY }, (_, index) => index);
      const none = { history: { size: 0, ttlMs: HOUR_MS } };
      const positions = await Promise.all(
        numbers.map(async (number) => one.broker.publish('r', number, number % 2 === 0 ? {} : none)),
      );
      const { epoch } = positions[0]!;
      for (const [index, position] of positions.entries()) {
        assertPosition(position, { offset: epoch === '' ? 0 : index + 1, epoch });
      }
      for (const { heard } of [one, two]) {
        await eventually(() => assert.equal(heard.length, MANY));
        assert.deepEqual(
          heard.map(({ data, offset, epoch: its }) => ({ data, offset, epoch: its })),
          positions.map((position, data) => ({ data, offset: position.offset, epoch })),
        );
      }
      const history = await one.broker.history('r');
      assert.deepEqual([history.publications, history.offset], [[], positions.at(-1)!.offset]);
    });
  });

  describe('publishing past the history', () => {
    check('takes no offset, and leaves what is kept as it is', async ({ node }) => {
      const { broker, heard } = await node('r');
      const { epoch } = await broker.publish('r', 'kept', KEEP);
      const options = { ...KEEP, from: ann, tags: { t: '1' }, skipHistory: true };
      const passed = await broker.publish('r', 'passing', options);
      assert.equal(passed.offset, 0);
      assert.ok(passed.epoch === epoch || passed.epoch === '');
      assertPosition(await broker.publish('r', 'kept too', KEEP), { offset: 2, epoch });
      await eventually(() => assert.deepEqual(offsetsOf(heard), [1, 0, 2]));
      const { time, ...passing } = heard[1]!;
      assert.equal(typeof time, 'number');
      assert.deepEqual(passing, {
        room: 'r',
        data: 'passing',
        offset: 0,
        epoch: passed.epoch,
        from: ann,
        tags: { t: '1' },
      });
      const history = await broker.history('r');
      assert.deepEqual([offsetsOf(history.publications), history.offset], [[1, 2], 2]);
    });
  });

  describe('an idempotency key', () => {
    check('publishes once, whichever node is asked', async ({ node }) => {
      const [one, two] = [await node('r'), await node('r')];
      const first = await one.broker.publish('r', 1, { ...KEEP, idempotencyKey: 'k' });
      assert.equal(first.isRepeated, undefined);
      for (const { broker } of [one, two]) {
        const again = await broker.publish('r', 'again', { ...KEEP, idempotencyKey: 'k' });
        assertPosition(again, first);
        assert.equal(again.isRepeated, true);
      }
      const rest = await Promise.all(
        ['other', 'other', undefined].map(async (idempotencyKey) =>
          two.broker.publish('r', 2, { ...KEEP, idempotencyKey }),
        ),
      );
      assert.deepEqual(
        rest.map(({ offset, isRepeated }) => [offset, isRepeated]),
        [
          [2, undefined],
          [2, true],
          [3, undefined],
        ],
      );
      await eventually(() => assert.deepEqual(offsetsOf(one.heard), [1, 2, 3]));
    });

    check('is of one room, and holds where nothing is kept', async ({ node }) => {
      const { broker, heard } = await node('r1', 'r2', 'last');
      for (const room of ['r1', 'r2', 'r1']) await broker.publish(room, room, { idempotencyKey: 'k' });
      const passing = { ...KEEP, skipHistory: true, idempotencyKey: 'passing' };
      assert.equal((await broker.publish('r1', 'passing', passing)).isRepeated, undefined);
      assert.equal((await broker.publish('r1', 'passing', passing)).isRepeated, true);
      await broker.publish('last', 'last', {});
      await eventually(() => assert.equal(heard.length, 4));
      assert.deepEqual(new Set(heard.map(({ data }) => data)), new Set(['r1', 'r2', 'passing', 'last']));
    });
  });

  describe('a number of messages a second', () => {
    check('holds over all nodes, and takes no offset above it', async ({ node }) => {
      const [one, two] = [await node('r'), await node('r')];
      // One at a time, and the next one much later than this test takes.
      const slow = { ...KEEP, messagesPerSecond: 0.001 };
      const outcomes = await Promise.all(
        [one, two, one, two].map(async ({ broker }, index) => broker.publish('r', index, slow)),
      );
      assert.equal(outcomes.filter(({ isOverRate }) => isOverRate === true).length, 3);
      assert.equal((await one.broker.publish('r', 'not counted', KEEP)).offset, 2);
      await eventually(() => assert.deepEqual(offsetsOf(two.heard), [1, 2]));
    });

    check('takes more after a while', async ({ node, elapse }) => {
      const { broker } = await node();
      const options = { messagesPerSecond: 10 };
      const isTaken = async () => (await broker.publish('r', 1, options)).isOverRate !== true;
      while (await isTaken());
      await elapse(150);
      assert.equal(await isTaken(), true);
    });
  });

  describe('versions', () => {
    check('that are not newer than the latest one are not published', async ({ node }) => {
      const [one, two] = [await node('r'), await node('r')];
      const steps: [version: PublicationVersion | undefined, offset: number][] = [
        [{ number: 5 }, 1],
        [{ number: 5 }, 1],
        [{ number: 4 }, 1],
        [undefined, 2],
        [{ number: 5 }, 2],
        [{ number: 6 }, 3],
        [{ number: 1, epoch: 'b' }, 4],
        [{ number: 1, epoch: 'b' }, 4],
        [{ number: 7 }, 5],
      ];
      let latest = 0;
      for (const [index, [version, offset]] of steps.entries()) {
        const { broker } = index % 2 === 0 ? one : two;
        const accepted = await broker.publish('r', index, { ...KEEP, version });
        assert.equal(accepted.offset, offset, `step ${index}`);
        assert.equal(accepted.isOutdated === true, offset === latest, `step ${index}`);
        latest = offset;
      }
      await eventually(() => assert.deepEqual(offsetsOf(two.heard), [1, 2, 3, 4, 5]));
      assert.deepEqual(
        one.heard.map(({ data }) => data),
        [0, 3, 5, 6, 8],
      );
    });

    check('are counted for each room', async ({ node }) => {
      const { broker } = await node();
      await broker.publish('r1', 1, { ...KEEP, version: { number: 5 } });
      assert.equal((await broker.publish('r2', 1, { ...KEEP, version: { number: 1 } })).offset, 1);
    });

    check('hold also where no history is kept', async ({ node }) => {
      const [one, two] = [await node('r'), await node('r')];
      const outcomes = [];
      for (const number of [2, 1, 2, 3]) {
        outcomes.push(await one.broker.publish('r', number, { version: { number } }));
      }
      assert.deepEqual(
        outcomes.map(({ isOutdated }) => isOutdated),
        [undefined, true, true, undefined],
      );
      await eventually(() => assert.equal(two.heard.length, 2));
      assert.deepEqual(
        two.heard.map(({ data }) => data),
        [2, 3],
      );
    });
  });
}
