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
