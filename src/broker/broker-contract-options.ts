/** The part of the broker's contract about what a publisher may ask of the stream: no place in it, or a version. */

import assert from 'node:assert/strict';
import { eventually, type TestFramework } from '../system/test-framework.ts';
import { ann, assertPosition, KEEP, offsetsOf, type Visit } from './broker-contract-visit.ts';
import type { PublicationVersion } from './broker.ts';

export function describePublishOptions(
  describe: TestFramework['describe'],
  check: (name: string, body: (visit: Visit) => Promise<void>) => void,
): void {
  describe('publishing past the history', () => {
    check('takes no offset, and leaves what is kept as it is', async ({ node }) => {
      const { broker, heard } = await node('r');
      const { epoch } = await broker.publish('r', 'kept', KEEP);
      const options = { ...KEEP, from: ann, tags: { t: '1' }, skipHistory: true };
      assertPosition(await broker.publish('r', 'passing', options), { offset: 0, epoch });
      assertPosition(await broker.publish('r', 'kept too', KEEP), { offset: 2, epoch });
      await eventually(() => assert.deepEqual(offsetsOf(heard), [1, 0, 2]));
      const { time, ...passing } = heard[1]!;
      assert.equal(typeof time, 'number');
      assert.deepEqual(passing, {
        room: 'r',
        data: 'passing',
        offset: 0,
        epoch,
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
      await broker.publish('r1', 1, { version: { number: 5 } });
      assert.equal((await broker.publish('r2', 1, { version: { number: 1 } })).offset, 1);
    });
  });
}
