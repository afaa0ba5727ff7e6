/**
 * What any outbox must do, as a test suite: run it on your own outbox with the test framework of your choice. It knows no
 * outbox and imports no framework.
 */

import assert from 'node:assert/strict';
import type { TestFramework } from '../../system/test-framework.ts';
import type { DropReason, Outbox, OutboxBatch, OutboxHistory, OutboxOptions } from './outbox.ts';

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
      const { outbox, history } = await visit.open();
      assert.deepEqual(history, { entries: [], clean: true });
      assert.equal(outbox.next(LIMITS), undefined);
      assert.deepEqual(outbox.backlog, { events: 0, bytes: 0 });
    });

    check('events come in order, in batches that are the same until they are taken', async (visit) => {
      const { outbox } = await visit.open();
      for (let number = 1; number <= 5; number += 1) visit.append(number);
      const first = outbox.next(LIMITS);
      assert.deepEqual(numbersOf(first), [1, 2, 3]);
      visit.append(6);
      assert.equal(outbox.next(LIMITS), first);
      assert.equal(outbox.backlog.events, 6);
      outbox.take(first!);
      assert.equal(outbox.backlog.events, 3);
      const second = outbox.next(LIMITS);
      assert.deepEqual(numbersOf(second), [4, 5, 6]);
      assert.notEqual(second?.id, first?.id);
      outbox.take(second!);
      assert.equal(outbox.next(LIMITS), undefined);
      assert.equal(outbox.backlog.events, 0);
    });

    check('a batch tells the time of its first event, and so does the backlog', async (visit) => {
      const { outbox } = await visit.open();
      visit.append(7);
      visit.append(8);
      assert.equal(outbox.backlog.oldest, 7);
      const batch = outbox.next({ events: 1, bytes: 1000 });
      assert.equal(batch?.time, 7);
      assert.equal(outbox.backlog.oldest, 7);
      outbox.take(batch);
      assert.equal(outbox.backlog.oldest, 8);
    });

    check('a batch is not longer than it may be, unless it has one event', async (visit) => {
      const { outbox } = await visit.open();
      for (let number = 1; number <= 3; number += 1) visit.append(number, 'x'.repeat(400));
      const limits = { events: 10, bytes: 1_000 };
      const first = outbox.next(limits);
      assert.deepEqual(numbersOf(first), [1, 2]);
      outbox.take(first!);
      outbox.take(outbox.next(limits)!);
      visit.append(4, 'ä'.repeat(200_000));
      assert.deepEqual(numbersOf(outbox.next(limits)), [4]);
    });

    check('notes are not delivered', async (visit) => {
      const { outbox } = await visit.open();
      outbox.append({ kind: 'note', text: '{"n":1}' });
      assert.equal(outbox.next(LIMITS), undefined);
      visit.append(1);
      outbox.append({ kind: 'note', text: '{"n":2}' });
      visit.append(2);
      assert.deepEqual(numbersOf(outbox.next(LIMITS)), [1, 2]);
    });

    check('the oldest events are dropped beyond the bound of events, and counted', async (visit) => {
      const { outbox } = await visit.open({ maxEvents: 4 });
      for (let number = 1; number <= 10; number += 1) visit.append(number);
      assert.equal(outbox.backlog.events, 4);
      assert.deepEqual(visit.dropped, { full: 6 });
      assert.deepEqual(numbersOf(outbox.next(LIMITS)), [7, 8, 9]);
    });

    check('and beyond the bound of bytes', async (visit) => {
      const { outbox } = await visit.open({ maxBytes: 64 * 1024 });
      for (let number = 1; number <= 200; number += 1) visit.append(number, 'x'.repeat(1_000));
      const { events, bytes } = outbox.backlog;
      assert.ok(bytes <= 64 * 1024, `${bytes} bytes are kept`);
      assert.ok(events >= 32, `${events} events are kept`);
      assert.deepEqual(visit.dropped, { full: 200 - events });
      assert.equal(numbersOf(outbox.next(LIMITS))[0], 200 - events + 1);
    });

    check('a batch on its way is not dropped, and what follows it comes after it', async (visit) => {
      const { outbox } = await visit.open({ maxEvents: 4 });
      visit.append(1);
      const batch = outbox.next(LIMITS);
      for (let number = 2; number <= 10; number += 1) visit.append(number);
      assert.equal(outbox.next(LIMITS), batch);
      assert.equal(outbox.backlog.events, 4);
      outbox.take(batch!);
      assert.deepEqual(visit.dropped, { full: 6 });
      assert.deepEqual(numbersOf(outbox.next(LIMITS)), [8, 9, 10]);
    });

    check('a batch that is given up is dropped, and counted', async (visit) => {
      const { outbox } = await visit.open();
      for (let number = 1; number <= 4; number += 1) visit.append(number);
      const batch = outbox.next(LIMITS)!;
      outbox.drop(batch);
      outbox.drop(batch);
      outbox.take(batch);
      assert.deepEqual(visit.dropped, { expired: 3 });
      assert.deepEqual(numbersOf(outbox.next(LIMITS)), [4]);
    });

    check('after a restart what was not taken is there, and the state', async (visit) => {
      const { outbox } = await visit.open();
      if (!outbox.isPersistent) return;
      for (let number = 1; number <= 5; number += 1) visit.append(number);
      outbox.append({ kind: 'note', text: '{"n":1}' });
      outbox.take(outbox.next(LIMITS)!);
      const onTheWay = outbox.next(LIMITS);
      assert.deepEqual(numbersOf(onTheWay), [4, 5]);
      await outbox.close();
      const again = await visit.open();
      assert.equal(again.history.clean, true);
      if (outbox.rooms === undefined) {
        assert.deepEqual(JSON.parse(again.history.state ?? ''), { asked: 1 });
        const notes = again.history.entries.filter(({ kind }) => kind === 'note');
        assert.deepEqual(notes, [{ kind: 'note', text: '{"n":1}' }]);
      }
      const batch = again.outbox.next(LIMITS);
      assert.deepEqual([batch?.id, numbersOf(batch)], [onTheWay?.id, [4, 5]]);
      assert.equal(again.outbox.backlog.events, 2);
      visit.append(6);
      again.outbox.take(batch!);
      assert.deepEqual(numbersOf(again.outbox.next(LIMITS)), [6]);
    });

    check('after a crash nothing is lost that was appended', async (visit) => {
      const { outbox } = await visit.open();
      if (!outbox.isPersistent) return;
      for (let number = 1; number <= 5; number += 1) visit.append(number);
      outbox.take(outbox.next(LIMITS)!);
      await outbox.written?.();
      const { outbox: second, history } = await visit.open();
      assert.equal(history.clean, outbox.rooms !== undefined);
      assert.deepEqual(numbersOf(second.next(LIMITS)), [4, 5]);
      second.take(second.next(LIMITS)!);
      await second.written?.();
      const { outbox: third } = await visit.open();
      assert.equal(third.next(LIMITS), undefined);
    });

    check('many events go through it, over several runs', async (visit) => {
      let { outbox } = await visit.open({ maxBytes: 4 * MIB });
      const taken: number[] = [];
      for (let number = 1; number <= 3_000; number += 1) {
        visit.append(number, 'x'.repeat(700));
        if (number % 10 === 0) outbox.append({ kind: 'note', text: JSON.stringify({ n: number }) });
        if (number % 2 === 0) {
          const batch = outbox.next(LIMITS)!;
          taken.push(...numbersOf(batch));
          outbox.take(batch);
        }
        if (number % 1_000 !== 0 || !outbox.isPersistent) continue;
        await outbox.written?.();
        ({ outbox } = await visit.open({ maxBytes: 4 * MIB }));
      }
      for (let batch = outbox.next(LIMITS); batch !== undefined; batch = outbox.next(LIMITS)) {
        taken.push(...numbersOf(batch));
        outbox.take(batch);
      }
      assert.deepEqual(
        taken,
        Array.from({ length: 3_000 }, (_, index) => index + 1),
      );
      assert.deepEqual([visit.dropped, visit.troubles, outbox.backlog.events], [{}, [], 0]);
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

  /** An event whose number is also its time. */
  append(number: number, text = ''): void {
    this.outbox?.append({ kind: 'event', text: JSON.stringify({ id: `e${number}`, time: number, text }) });
  }
}

function numbersOf(batch: OutboxBatch | undefined): number[] {
  return (batch?.events ?? []).map((text) => (JSON.parse(text) as { time: number }).time);
}
