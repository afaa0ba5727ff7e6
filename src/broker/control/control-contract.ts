/**
 * What any Control must do, as a test suite: run it on your own control with the test framework of your choice. It
 * knows no control and imports no framework. Every result is awaited.
 */

import assert from 'node:assert/strict';
import type { Json } from '../../protocol/command.ts';
import { eventually, type TestFramework } from '../../system/test-framework.ts';
import type { Control, Order } from './control.ts';

/** A group of nodes for one test, none at first. */
export interface ControlPlace {
  /** Makes the control of another node with the same others. The test opens and closes it. */
  connect(): Promise<Control>;
  /** After the last node was closed. */
  dispose(): Promise<void>;
}

export interface ControlUnderTest {
  readonly name: string;
  /** Makes the place of one test. */
  createPlace(): Promise<ControlPlace>;
}

/** Registers the contract of {@link Control} as tests, as `describeBroker` does. */
export function describeControl({ describe, test }: TestFramework, subject: ControlUnderTest): void {
  function check(name: string, body: (connect: Connect) => Promise<void>): void {
    test(name, () => visitPlace(subject, body));
  }

  describe(`${subject.name} keeps the contract of a control`, () => {
    check('an order reaches every node, as it is', async (connect) => {
      const nodes = [await connect(), await connect(), await connect()];
      for (const order of ORDERS) await nodes[1]!.control.order(order);
      for (const { orders } of nodes) await eventually(() => assert.deepEqual(orders, ORDERS));
    });

    check('an order tells whether one of the nodes has what it is about', async (connect) => {
      const [one, two] = [await connect(), await connect('r')];
      assert.equal(await one.control.order(muting('r')), true);
      assert.equal(await two.control.order(muting('r')), true);
      assert.equal(await one.control.order(muting('nowhere')), false);
    });

    check('the orders of one node take effect in their order, awaited or not', async (connect) => {
      const [one, two] = [await connect(), await connect()];
      const orders = Array.from({ length: 100 }, (_, index) => muting(`r${index}`));
      await Promise.all(orders.map(async (order) => one.control.order(order)));
      for (const node of [one, two]) await eventually(() => assert.deepEqual(node.orders, orders));
    });

    check('an order that names a node is obeyed there and nowhere else, in its place', async (connect) => {
      const [one, two, three] = [await connect('r'), await connect('r'), await connect()];
      const given = [
        one.control.order(muting('r1')),
        one.control.order(muting('r'), two.id),
        one.control.order(muting('r2')),
      ];
      assert.deepEqual(await Promise.all(given.map(async (one) => one)), [false, true, false]);
      assert.deepEqual(two.orders, ['r1', 'r', 'r2'].map(muting));
      assert.deepEqual(three.orders, ['r1', 'r2'].map(muting));
      assert.equal(await one.control.order(muting('r'), one.id), true);
      assert.equal(await one.control.order(muting('r'), three.id), false);
      assert.equal(await one.control.order(muting('r'), 'nobody'), false);
      await two.control.close();
      await eventually(async () => assert.equal(await one.control.order(muting('r'), two.id), false));
    });

    check('a survey has long answers as they are', async (connect) => {
      const rooms = Array.from({ length: 20_000 }, (_, index) => `🏠 room ${index}`);
      const [one] = [await connect('r'), await connect(...rooms)];
      const { answers, missing } = await one.control.survey({ type: 'rooms' }, DEADLINE_MS);
      assert.deepEqual(sorted(answers), sorted([[['r', 1]], rooms.map((room) => [room, 1])]));
      assert.equal(missing, 0);
    });

    check('a survey has the answer of every node', async (connect) => {
      const nodes = [await connect('r1'), await connect('r2', 'r3'), await connect()];
      for (const { control } of nodes) {
        const { answers, missing } = await control.survey({ type: 'rooms' }, DEADLINE_MS);
        assert.deepEqual(
          sorted(answers),
          sorted([
            [['r1', 1]],
            [
              ['r2', 1],
              ['r3', 1],
            ],
            [],
          ]),
        );
        assert.equal(missing, 0);
      }
    });

    check('a node whose answer fails is missing, and spoils nothing', async (connect) => {
      const one = await connect('r1');
      const broken = await connect();
      broken.fails = true;
      try {
        const { answers, missing } = await one.control.survey({ type: 'rooms' }, SHORT_DEADLINE_MS);
        assert.deepEqual([answers, missing], [[[['r1', 1]]], 1]);
        assert.equal(await one.control.order(muting('r1')), true);
      } finally {
        broken.fails = false;
      }
    });

    check('a node that is closed is told and asked nothing, and is not waited for', async (connect) => {
      const [one, two] = [await connect('r1'), await connect('r2')];
      await two.control.close();
      await eventually(async () => {
        const { answers, missing } = await one.control.survey({ type: 'rooms' }, SHORT_DEADLINE_MS);
        assert.deepEqual([answers, missing], [[[['r1', 1]]], 0]);
      });
      assert.equal(await one.control.order(muting('r2')), false);
      assert.deepEqual(two.orders, []);
    });
  });
}

const DEADLINE_MS = 5_000;
const SHORT_DEADLINE_MS = 300;

const ORDERS: readonly Order[] = [
  { type: 'disconnect', who: { connection: 'c1' } },
  { type: 'disconnect', who: { user: 'ж' }, reason: '"', code: 4100, except: ['c1', 'c2'] },
  { type: 'join', who: { user: 'ann' }, room: 'r', info: [1], data: null, expiresAt: 1_900_000_000_000 },
  { type: 'join', who: { user: 'u' }, room: 'r', override: { presence: false, recovery: true } },
  { type: 'join', who: { session: 's1' }, room: 'r', since: { offset: 9_007_199_254_740_991, epoch: 'e' } },
  { type: 'leave', who: { connection: 'c1' }, room: 'r', ending: { code: 2502, reason: 'ж "' } },
  { type: 'refresh', who: { user: 'ann' }, expired: true },
  { type: 'refresh', who: { user: 'ann' }, expiresAt: 0, info: { name: 'Ann' } },
  { type: 'revoke', token: 't "1"', until: 253_402_300_799_000 },
  { type: 'revoke', user: 'ann', issuedBefore: 1_900_000_000_000 },
  { type: 'unrevoke', user: 'ж' },
  { type: 'tell', who: { user: 'ann', session: 's1' }, data: { text: [1, null, 'ж'] } },
  { type: 'kick', room: 'комната 🏠', connection: 'c2', reason: 'a "reason"\n' },
  {
    type: 'keepPresent',
    room: 'r',
    member: { id: 'outside:b', user: 'bot', info: { a: [1] } },
    ttlMs: 1_000,
  },
  { type: 'removePresent', room: 'r', id: 'outside:b' },
  { type: 'mute', room: 'r' },
  { type: 'unmute', room: 'r' },
  { type: 'close', room: 'r', reason: '' },
  { type: 'emulate', session: 's', frame: '{"id":1}\n{"id":2}' },
];

const muting = (room: string): Order => ({ type: 'mute', room });

interface Node {
  readonly id: string;
  readonly control: Control;
  readonly orders: Order[];
  /** Whether it throws at what it is told and asked. */
  fails: boolean;
}

/** Connects a node that has these rooms, with a member in each. */
type Connect = (...rooms: string[]) => Promise<Node>;

async function visitPlace(
  subject: ControlUnderTest,
  body: (connect: Connect) => Promise<void>,
): Promise<void> {
  const place = await subject.createPlace();
  const controls: Control[] = [];
  try {
    await body(async (...rooms) => {
      const id = `node${controls.length}`;
      const control = await place.connect();
      controls.push(control);
      const node: Node = { id, control, orders: [], fails: false };
      control.attach({
        id,
        obey(order) {
          if (node.fails) throw new Error('this node is out of order');
          node.orders.push(order);
          return 'room' in order && rooms.includes(order.room);
        },
        answer() {
          if (node.fails) throw new Error('this node is out of order');
          return rooms.map((room) => [room, 1]);
        },
      });
      await control.open?.();
      return node;
    });
  } finally {
    for (const control of controls) await control.close();
    await place.dispose();
  }
}

function sorted(answers: readonly Json[]): string[] {
  return answers.map((answer) => JSON.stringify(answer)).toSorted();
}
