/**
 * What any outbox must do, as a test suite: run it on your own outbox with the test framework of your choice. It knows no
 * outbox and imports no framework.
 */

import assert from 'node:assert/strict';
import type { TestFramework } from '../../system/test-framework.ts';
import type {
  Backlog,
  BatchLimits,
  DropReason,
  Outbox,
  OutboxBatch,
  OutboxHistory,
  OutboxOptions,
} from './outbox.ts';

/** An outbox of one test, empty at first. */
export interface OutboxPlace {
  /** Makes an outbox on this place. The one before was closed, or is left as a crash leaves it. */
  make(options: OutboxOptions): Outbox;
  /** Removes the place, after the last outbox was closed. */
  dispose(): Promise<void>;
}

export interface OutboxUnderTest {
  readonly name: string;
  createPlace(): Promise<OutboxPlace>;
}

type Bounds = Partial<Pick<OutboxOptions, 'maxEvents' | 'maxBytes'>>;

const LIMITS = { events: 3, bytes: 100_000 };
const MIB = 1024 * 1024;

/** Registers the contract of {@link Outbox} as tests. */
export function describeOutbox({ describe, test }: TestFramework, subject: OutboxUnderTest): void {
  function check(name: string, body: (visit: Visit) => Promise<void>): void {
    test(name, async () => {
      const place = await subject.createPlace();
      const visit = new Visit(place);
      try {
        await body(visit);
      } finally {
        await visit.outbox?.close();
        await place.dispose();
      }
    });
  }

  describe(`${subject.name} keeps the contract of an outbox`, () => {
    check('an empty one has no batch, and was not left by a crash', async (visit) => {
      const { history } = await visit.open();
      assert.deepEqual(history, { entries: [], clean: true });
      assert.equal(await visit.next(), undefined);
      assert.deepEqual(await visit.backlog(), { events: 0, bytes: 0 });
    });

    check('events come in order, in batches that are the same until they are taken', async (visit) => {
      const { outbox } = await visit.open();
      for (let number = 1; number <= 5; number += 1) visit.append(number);
      const first = await visit.next();
      assert.deepEqual(numbersOf(first), [1, 2, 3]);
      visit.append(6);
      assert.equal(await visit.next(), first);
      assert.equal((await visit.backlog()).events, 6);
      outbox.take(first!);
      assert.equal((await visit.backlog()).events, 3);
      const second = await visit.next();
      assert.deepEqual(numbersOf(second), [4, 5, 6]);
      assert.notEqual(second?.id, first?.id);
      outbox.take(second!);
      assert.equal(await visit.next(), undefined);
      assert.equal((await visit.backlog()).events, 0);
    });

    check('a batch tells the time of its first event, and so does the backlog', async (visit) => {
      const { outbox } = await visit.open();
      visit.append(7);
      visit.append(8);
      assert.equal((await visit.backlog()).oldest, 7);
      const batch = await visit.next({ events: 1, bytes: 1000 });
      assert.equal(batch?.time, 7);
      assert.equal((await visit.backlog()).oldest, 7);
      outbox.take(batch);
      assert.equal((await visit.backlog()).oldest, 8);
    });

    check('a batch is not longer than it may be, unless it has one event', async (visit) => {
      const { outbox } = await visit.open();
      for (let number = 1; number <= 3; number += 1) visit.append(number, 'x'.repeat(400));
      const limits = { events: 10, bytes: 1_000 };
      const first = await visit.next(limits);
      assert.deepEqual(numbersOf(first), [1, 2]);
      outbox.take(first!);
      outbox.take((await visit.next(limits))!);
      visit.append(4, 'ä'.repeat(200_000));
      assert.deepEqual(numbersOf(await visit.next(limits)), [4]);
    });

    check('notes are not delivered', async (visit) => {
      const { outbox } = await visit.open();
      outbox.append({ kind: 'note', text: '{"n":1}' });
      assert.equal(await visit.next(), undefined);
      visit.append(1);
      outbox.append({ kind: 'note', text: '{"n":2}' });
      visit.append(2);
      assert.deepEqual(numbersOf(await visit.next()), [1, 2]);
    });

    check('the oldest events are dropped beyond the bound of events, and counted', async (visit) => {
      await visit.open({ maxEvents: 4 });
      for (let number = 1; number <= 10; number += 1) visit.append(number);
      assert.equal((await visit.backlog()).events, 4);
      assert.deepEqual(visit.dropped, { full: 6 });
      assert.deepEqual(numbersOf(await visit.next()), [7, 8, 9]);
    });

    check('and beyond the bound of bytes', async (visit) => {
      await visit.open({ maxBytes: 64 * 1024 });
      for (let number = 1; number <= 200; number += 1) visit.append(number, 'x'.repeat(1_000));
      const { events, bytes } = await visit.backlog();
      assert.ok(bytes <= 64 * 1024, `${bytes} bytes are kept`);
      assert.ok(events >= 32, `${events} events are kept`);
      assert.deepEqual(visit.dropped, { full: 200 - events });
      assert.equal(numbersOf(await visit.next())[0], 200 - events + 1);
    });

    check('a batch on its way is not dropped, and what follows it comes after it', async (visit) => {
      const { outbox } = await visit.open({ maxEvents: 4 });
      visit.append(1);
      const batch = await visit.next();
      for (let number = 2; number <= 10; number += 1) visit.append(number);
      assert.equal(await visit.next(), batch);
      assert.equal((await visit.backlog()).events, 4);
      outbox.take(batch!);
      assert.deepEqual(visit.dropped, { full: 6 });
      assert.deepEqual(numbersOf(await visit.next()), [8, 9, 10]);
    });

    check('a batch that is given up is dropped, and counted', async (visit) => {
      const { outbox } = await visit.open();
      for (let number = 1; number <= 4; number += 1) visit.append(number);
      const batch = (await visit.next())!;
      outbox.drop(batch);
      outbox.drop(batch);
      outbox.take(batch);
      await visit.backlog();
      assert.deepEqual(visit.dropped, { expired: 3 });
      assert.deepEqual(numbersOf(await visit.next()), [4]);
    });

    check('after a restart what was not taken is there, and the state', async (visit) => {
      const { outbox } = await visit.open();
      if (!outbox.isPersistent) return;
      for (let number = 1; number <= 5; number += 1) visit.append(number);
      outbox.append({ kind: 'note', text: '{"n":1}' });
      outbox.take((await visit.next())!);
      const onTheWay = await visit.next();
      assert.deepEqual(numbersOf(onTheWay), [4, 5]);
      await outbox.close();
      const again = await visit.open();
      assert.equal(again.history.clean, true);
      if (outbox.rooms === undefined) {
        assert.deepEqual(JSON.parse(again.history.state ?? ''), { asked: 1 });
        const notes = again.history.entries.filter(({ kind }) => kind === 'note');
        assert.deepEqual(notes, [{ kind: 'note', text: '{"n":1}' }]);
      }
      const batch = await visit.next();
      assert.deepEqual([batch?.id, numbersOf(batch)], [onTheWay?.id, [4, 5]]);
      assert.equal((await visit.backlog()).events, 2);
      visit.append(6);
      again.outbox.take(batch!);
      assert.deepEqual(numbersOf(await visit.next()), [6]);
    });

    check('after a crash nothing is lost that was appended', async (visit) => {
      const { outbox } = await visit.open();
      if (!outbox.isPersistent) return;
      for (let number = 1; number <= 5; number += 1) visit.append(number);
      outbox.take((await visit.next())!);
      await outbox.written?.();
      const { outbox: second, history } = await visit.open();
      assert.equal(history.clean, outbox.rooms !== undefined);
      assert.deepEqual(numbersOf(await visit.next()), [4, 5]);
      second.take((await visit.next())!);
      await second.written?.();
      await visit.open();
      assert.equal(await visit.next(), undefined);
    });

    check('many events go through it, over several runs', async (visit) => {
      let { outbox } = await visit.open({ maxBytes: 4 * MIB });
      const taken: number[] = [];
      for (let number = 1; number <= 3_000; number += 1) {
        visit.append(number, 'x'.repeat(700));
        if (number % 10 === 0) outbox.append({ kind: 'note', text: JSON.stringify({ n: number }) });
        if (number % 2 === 0) {
          const batch = (await visit.next())!;
          taken.push(...numbersOf(batch));
          outbox.take(batch);
        }
        if (number % 1_000 !== 0 || !outbox.isPersistent) continue;
        await outbox.written?.();
        ({ outbox } = await visit.open({ maxBytes: 4 * MIB }));
      }
      for (let batch = await visit.next(); batch !== undefined; batch = await visit.next()) {
        taken.push(...numbersOf(batch));
        outbox.take(batch);
      }
      assert.deepEqual(
        taken,
        Array.from({ length: 3_000 }, (_, index) => index + 1),
      );
      assert.deepEqual([visit.dropped, visit.troubles, (await visit.backlog()).events], [{}, [], 0]);
    });
  });
}

/** One place with the outbox that was opened last. */
class Visit {
  outbox: Outbox | undefined;
  readonly dropped: Partial<Record<DropReason, number>> = {};
  readonly troubles: unknown[] = [];
  readonly #place: OutboxPlace;
  #asked = 0;

  constructor(place: OutboxPlace) {
    this.#place = place;
  }

  async open(bounds: Bounds = {}): Promise<{ outbox: Outbox; history: OutboxHistory }> {
    const outbox = this.#place.make({
      maxEvents: bounds.maxEvents ?? 100_000,
      maxBytes: bounds.maxBytes ?? MIB,
      state: () => JSON.stringify({ asked: (this.#asked += 1) }),
      onTrouble: (trouble) => void this.troubles.push(trouble),
      onDropped: (count, reason) => void (this.dropped[reason] = (this.dropped[reason] ?? 0) + count),
    });
    this.outbox = outbox;
    return { outbox, history: await outbox.open() };
  }

  /** What waits, when all that was done is done where the events are. */
  async backlog(): Promise<Backlog> {
    await this.outbox?.written?.();
    return this.outbox!.backlog;
  }

  async next(limits: BatchLimits = LIMITS): Promise<OutboxBatch | undefined> {
    const outbox = this.outbox!;
    const batch = outbox.next(limits);
    if (batch !== undefined || !(await outbox.fetch?.(limits))) return batch;
    return outbox.next(limits);
  }

  /** An event whose number is also its time. */
  append(number: number, text = ''): void {
    this.outbox?.append({ kind: 'event', text: JSON.stringify({ id: `e${number}`, time: number, text }) });
  }
}

function numbersOf(batch: OutboxBatch | undefined): number[] {
  return (batch?.events ?? []).map((text) => (JSON.parse(text) as { time: number }).time);
}
