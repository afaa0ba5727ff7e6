/**
 * What any Broker must do, as a test suite: run it on your own broker with the test framework of your choice. It
 * knows no broker and imports no framework. Every result is awaited, and what listeners hear may come later.
 */

import assert from 'node:assert/strict';
import type { Publication } from '../protocol/command.ts';
import { createRandom, eventually, type TestFramework } from '../system/test-framework.ts';
import { describePublishOptions } from './broker-contract-options.ts';
import {
  MANY,
  STEPS,
  HOUR_MS,
  SEED,
  ann,
  bob,
  KEEP,
  SAMPLES,
  ROOM_NAMES,
  QUERIES,
  type Visit,
  visitPlace,
  assertPosition,
  offsetsOf,
  type BrokerUnderTest,
} from './broker-contract-visit.ts';

/**
 * Registers the contract of {@link Broker} as tests.
 *
 * @example
 * ```ts
 * import { describe, test } from 'node:test';
 * import { describeBroker } from 'statecast/testing';
 *
 * describeBroker({ describe, test }, {
 *   name: 'my broker',
 *   createPlace: async () => {
 *     const prefix = randomUUID();
 *     return { connect: () => connectMyBroker(prefix), dispose: () => removeAll(prefix) };
 *   },
 * });
 * ```
 */
export function describeBroker({ describe, test }: TestFramework, subject: BrokerUnderTest): void {
  function check(name: string, body: (visit: Visit) => Promise<void>): void {
    test(name, () => visitPlace(subject, body));
  }

  describe(`${subject.name} keeps the contract of a broker`, () => {
    describe('publishing', () => {
      check('gives each room offsets of its own, from 1, in one epoch', async ({ node }) => {
        const { broker } = await node();
        const first = await broker.publish('r1', 'a', KEEP);
        assert.equal(first.offset, 1);
        assert.notEqual(first.epoch, '');
        assertPosition(await broker.publish('r1', 'b', KEEP), { offset: 2, epoch: first.epoch });
        assert.equal((await broker.publish('r2', 'c', KEEP)).offset, 1);
      });

      check(
        'brings a whole publication to each node that has subscribed, the own one included',
        async ({ node }) => {
          const [one, two] = [await node('r'), await node('r')];
          const options = { from: ann, tags: { lang: 'en' } };
          const { offset, epoch } = await one.broker.publish('r', { text: 'hi' }, options);
          for (const { heard } of [one, two]) {
            await eventually(() => assert.equal(heard.length, 1));
            const { time, ...rest } = heard[0]!;
            assert.deepEqual(rest, { room: 'r', data: { text: 'hi' }, offset, epoch, ...options });
            assert.equal(typeof time, 'number');
          }
        },
      );

      check('leaves out the sender and the tags where there are none', async ({ node }) => {
        const { broker, heard } = await node('r');
        await broker.publish('r', null, {});
        await eventually(() => assert.equal(heard.length, 1));
        assert.deepEqual(Object.keys(heard[0]!).sort(), ['data', 'epoch', 'offset', 'room', 'time']);
      });

      check('carries any JSON, in rooms of any name', async ({ node }) => {
        const { broker, heard } = await node(...ROOM_NAMES);
        for (const [index, room] of ROOM_NAMES.entries())
          await broker.publish(room, SAMPLES[index % SAMPLES.length]!, KEEP);
        await eventually(() => assert.equal(heard.length, ROOM_NAMES.length));
        for (const [index, room] of ROOM_NAMES.entries()) {
          assert.deepEqual(
            heard.filter((one) => one.room === room).map(({ data, offset }) => ({ data, offset })),
            [{ data: SAMPLES[index % SAMPLES.length]!, offset: 1 }],
          );
        }
      });

      check('keeps the order of the calls, awaited or not', async ({ node }) => {
        const [one, two] = [await node('r'), await node('r')];
        const numbers = Array.from({ length: MANY }, (_, index) => index);
        const positions = await Promise.all(
          numbers.map(async (number) => one.broker.publish('r', number, KEEP)),
        );
        assert.deepEqual(
          positions.map(({ offset }) => offset),
          numbers.map((number) => number + 1),
        );
        for (const { heard } of [one, two]) {
          await eventually(() => assert.equal(heard.length, MANY));
          assert.deepEqual(
            heard.map(({ data, offset }) => [data, offset]),
            numbers.map((number) => [number, number + 1]),
          );
        }
      });

      check('gives all nodes one order of what several of them publish', async ({ node }) => {
        const nodes = [await node('r'), await node('r'), await node('r')];
        await Promise.all(
          nodes.flatMap(({ broker }, index) =>
            Array.from({ length: MANY }, async (_, count) => broker.publish('r', [index, count], KEEP)),
          ),
        );
        const expected = Array.from({ length: 3 * MANY }, (_, index) => index + 1);
        for (const { heard } of nodes) {
          await eventually(() => assert.equal(heard.length, 3 * MANY));
          assert.deepEqual(offsetsOf(heard), expected);
          assert.deepEqual(
            heard.map(({ data }) => data),
            nodes[0]!.heard.map(({ data }) => data),
          );
        }
      });
    });

    describe('subscribing', () => {
      check('is what a node hears a room by, until it unsubscribes', async ({ node }) => {
        const [speaker, other] = [await node(), await node('other')];
        await other.broker.unsubscribe('r');
        await speaker.broker.publish('r', 'unheard', {});
        await other.broker.subscribe('r');
        await speaker.broker.publish('r', 'heard', {});
        await eventually(() => assert.equal(other.heard.length, 1));
        await other.broker.unsubscribe('r');
        await speaker.broker.publish('r', 'not any more', {});
        await speaker.broker.publish('other', 'the last', {});
        await eventually(() => assert.equal(other.heard.length, 2));
        assert.deepEqual(
          other.heard.map(({ data }) => data),
          ['heard', 'the last'],
        );
        assert.deepEqual(speaker.heard, []);
      });

      check('twice is the same as once', async ({ node }) => {
        const { broker, heard } = await node('r', 'r');
        await broker.publish('r', 1, {});
        await broker.publish('r', 2, {});
        await eventually(() => assert.equal(heard.length, 2));
        await broker.unsubscribe('r');
        await broker.subscribe('last');
        await broker.publish('r', 3, {});
        await broker.publish('last', 4, {});
        await eventually(() => assert.equal(heard.length, 3));
        assert.deepEqual(
          heard.map(({ data }) => data),
          [1, 2, 4],
        );
      });

      check('again, when nobody heard the room for a while, finds the same stream', async ({ node }) => {
        const { broker } = await node('r');
        const first = await broker.publish('r', 1, KEEP);
        await broker.unsubscribe('r');
        await broker.subscribe('r');
        assertPosition(await broker.publish('r', 2, KEEP), { offset: 2, epoch: first.epoch });
      });

      check('tells every listener of the node', async ({ node }) => {
        const { broker, heard } = await node('r');
        const more: Publication[] = [];
        broker.attach({ publication: (publication) => void more.push(publication), broadcast() {} });
        await broker.publish('r', 1, KEEP);
        await eventually(() => assert.deepEqual([offsetsOf(heard), offsetsOf(more)], [[1], [1]]));
      });

      check('lets a node know where the stream stands', async ({ node }) => {
        const [one, two] = [await node('r'), await node('r')];
        const position = await one.broker.publish('r', 1, KEEP);
        for (const { broker } of [one, two]) {
          await eventually(() => assertPosition(broker.position('r'), position));
        }
        assert.equal(one.broker.position('never used'), undefined);
      });
    });

    describe('history', () => {
      check('of a room without a stream is empty, and is where the stream begins', async ({ node }) => {
        const { broker } = await node();
        const { epoch, ...rest } = await broker.history('r');
        assert.deepEqual(rest, { publications: [], offset: 0 });
        assertPosition(await broker.publish('r', 1, KEEP), { offset: 1, epoch });
      });

      check('is what was heard, on every node', async ({ node }) => {
        const [one, two] = [await node('r'), await node('r')];
        await one.broker.publish('r', { a: [1, null] }, { ...KEEP, from: ann });
        await two.broker.publish('r', 'b', { ...KEEP, tags: { t: '1' } });
        await eventually(() => assert.equal(one.heard.length, 2));
        for (const { broker } of [one, two]) {
          assert.deepEqual((await broker.history('r')).publications, one.heard);
        }
      });

      check('is of the data as it was, whatever its object becomes', async ({ node }) => {
        const { broker } = await node();
        const data = { text: 'hi' };
        await broker.publish('r', data, KEEP);
        data.text = 'bye';
        assert.deepEqual((await broker.history('r')).publications[0]?.data, { text: 'hi' });
      });

      check('has the latest publications, as many as it may have', async ({ node }) => {
        const { broker } = await node();
        for (let count = 1; count <= 8; count += 1) {
          await broker.publish('r', count, { history: { size: 3, ttlMs: HOUR_MS } });
        }
        const { publications, offset } = await broker.history('r');
        assert.deepEqual(offsetsOf(publications), [6, 7, 8]);
        assert.equal(offset, 8);
      });

      check('is read from a position on, forwards and backwards, up to a limit', async ({ node }) => {
        const { broker } = await node();
        let epoch = '';
        for (let count = 1; count <= 9; count += 1) {
          ({ epoch } = await broker.publish('r', count, { history: { size: 6, ttlMs: HOUR_MS } }));
        }
        for (const [query, expected] of QUERIES) {
          const { since, ...rest } = query;
          const asked = since === undefined ? rest : { ...rest, since: { offset: since, epoch } };
          const history = await broker.history('r', asked);
          assert.deepEqual(offsetsOf(history.publications), expected, JSON.stringify(query));
          assertPosition(history, { offset: 9, epoch });
        }
      });

      check('since a position of another epoch is empty', async ({ node }) => {
        const { broker } = await node();
        const { epoch } = await broker.publish('r', 1, KEEP);
        const history = await broker.history('r', { since: { offset: 0, epoch: `not ${epoch}` } });
        assert.deepEqual(history, { publications: [], offset: 1, epoch });
      });

      check('is removed without a change of the position', async ({ node }) => {
        const { broker } = await node();
        const { epoch } = await broker.publish('r', 1, KEEP);
        await broker.removeHistory('r');
        await broker.removeHistory('never used');
        assert.deepEqual(await broker.history('r'), { publications: [], offset: 1, epoch });
        await broker.publish('r', 2, KEEP);
        assert.deepEqual(offsetsOf((await broker.history('r')).publications), [2]);
      });

      check(
        'lives for a while after the latest publication; the position lives on',
        async ({ node, elapse }) => {
          const { broker } = await node();
          const options = { history: { size: 10, ttlMs: 1_000 } };
          const { epoch } = await broker.publish('r', 1, options);
          await elapse(600);
          await broker.publish('r', 2, options);
          await elapse(600);
          assert.deepEqual(offsetsOf((await broker.history('r')).publications), [1, 2]);
          await elapse(600);
          assert.deepEqual(await broker.history('r'), { publications: [], offset: 2, epoch });
          assertPosition(await broker.publish('r', 3, options), { offset: 3, epoch });
          assert.deepEqual(offsetsOf((await broker.history('r')).publications), [3]);
        },
      );

      check('of any sequence is what a plain list would have', async ({ node }) => {
        const random = createRandom(SEED);
        const nodes = [await node(), await node()];
        const model = new Map(['r1', 'r2', 'r3'].map((room) => [room, { all: [] as number[], from: 0 }]));
        for (let step = 0; step < STEPS; step += 1) {
          const { broker } = nodes[random(2)]!;
          const room = `r${1 + random(3)}`;
          const stream = model.get(room)!;
          if (random(10) === 0) {
            await broker.removeHistory(room);
            stream.from = stream.all.length;
          } else if (random(3) > 0) {
            await broker.publish(room, step, { history: { size: 5, ttlMs: HOUR_MS } });
            stream.all.push(step);
            stream.from = Math.max(stream.from, stream.all.length - 5);
          }
          const { publications, offset } = await nodes[random(2)]!.broker.history(room);
          assert.equal(offset, stream.all.length);
          assert.deepEqual(
            publications.map(({ data }) => data),
            stream.all.slice(stream.from),
          );
        }
      });
    });

    describePublishOptions(describe, check);

    describe('the rest', () => {
      check('joins and leaves of a room are told to the nodes that hear it', async ({ node }) => {
        const [one, two, deaf] = [await node('r'), await node('r'), await node('other')];
        await one.broker.join('r', ann);
        await one.broker.leave('r', ann);
        await one.broker.join('other', bob);
        for (const { told } of [one, two]) {
          await eventually(() => assert.deepEqual(told, ['joined r ann', 'left r ann']));
        }
        await eventually(() => assert.deepEqual(deaf.told, ['joined other bob']));
      });

      check('a broadcast reaches every node, and is in no stream', async ({ node }) => {
        const [one, two] = [await node(), await node('r')];
        await one.broker.broadcast({ to: 'all' }, ann);
        await two.broker.broadcast('again');
        for (const { said } of [one, two]) {
          await eventually(() =>
            assert.deepEqual(said, [
              [{ to: 'all' }, ann],
              ['again', undefined],
            ]),
          );
        }
        assert.equal((await one.broker.history('r')).offset, 0);
      });

      check('a node that is closed hears nothing more, and the others go on', async ({ node }) => {
        const [one, two] = [await node('r'), await node('r')];
        const first = await one.broker.publish('r', 1, KEEP);
        await eventually(() => assert.equal(one.heard.length, 1));
        await one.broker.close();
        assertPosition(await two.broker.publish('r', 2, KEEP), { offset: 2, epoch: first.epoch });
        await two.broker.broadcast('all');
        await eventually(() => assert.deepEqual([offsetsOf(two.heard), two.said.length], [[1, 2], 1]));
        assert.deepEqual([offsetsOf(one.heard), one.said], [[1], []]);
      });
    });
  });
}
