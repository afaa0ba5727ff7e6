import { describe, expect, test } from 'vitest';
import { SimulatedClock } from 'xstate';
import type { ActorSummary, CatalogueMessage } from '../../../src/inspect/feed/feed-protocol.ts';
import { ASK_INTERVAL_MS, CatalogueStore, PAGE_ROWS } from './catalogue-store.ts';
import type { FeedClient, Outcome, Question } from '../feed/feed.ts';
import { countsOf, watched } from '../testing/feed-items.ts';

type CatalogueQuestion = Extract<Question, { type: 'catalogue' }>;

/** A store whose questions the test answers. */
function setUp() {
  const clock = new SimulatedClock();
  const questions: CatalogueQuestion[] = [];
  let settle: ((outcome: Outcome<CatalogueMessage>) => void) | undefined;
  let tellState: (() => void) | undefined;
  const client = {
    state: { name: 'ready' },
    subscribe: (listener: () => void) => {
      tellState = listener;
      return () => {};
    },
    ask: (question: CatalogueQuestion) => {
      questions.push(question);
      return new Promise((resolve) => (settle = resolve));
    },
  } as unknown as Pick<FeedClient, 'ask' | 'subscribe' | 'state'>;
  const store = new CatalogueStore(client, clock);
  const give = async (outcome: Outcome<CatalogueMessage>): Promise<void> => {
    settle?.(outcome);
    await new Promise((resolve) => setImmediate(resolve));
  };
  return {
    clock,
    store,
    questions,
    give,
    /** Answers with as many actors as were asked for, of `total`. */
    answer: (total: number): Promise<void> => {
      const { offset = 0, limit = 0 } = questions.at(-1)!;
      const actors = Array.from({ length: Math.max(0, Math.min(limit, total - offset)) }, (_, index) =>
        connection(offset + index),
      );
      const counts = countsOf({ connection: { total, states: {}, failed: 0 } });
      return give({
        type: 'answered',
        answer: { type: 'catalogue', id: 1, at: clock.now(), total, actors, counts },
      });
    },
    reconnect: () => tellState?.(),
  };
}

function connection(number: number): ActorSummary {
  return watched({ kind: 'connection', id: `c${number}` });
}

describe('the catalogue', () => {
  test('asks at once when the page becomes visible, then once a second after each answer', async () => {
    const { clock, store, questions, answer } = setUp();
    expect(questions).toEqual([]);
    store.setVisible(true);
    expect(questions).toEqual([{ type: 'catalogue', offset: 0, limit: PAGE_ROWS }]);
    await answer(3);
    expect(store.getView()).toMatchObject({ total: 3, error: undefined });
    clock.increment(ASK_INTERVAL_MS);
    expect(questions).toHaveLength(2);
  });

  test('asks nothing while the page is hidden', async () => {
    const { clock, store, questions, answer } = setUp();
    store.setVisible(true);
    await answer(3);
    store.setVisible(false);
    clock.increment(60 * ASK_INTERVAL_MS);
    expect(questions).toHaveLength(1);
  });

  test('asks with the filters that are set, and at once when they change', async () => {
    const { store, questions, answer } = setUp();
    store.setVisible(true);
    await answer(3);
    store.setQuery({ kinds: ['room'], state: 'active', status: 'active', search: 'x' });
    expect(questions.at(-1)).toMatchObject({
      kinds: ['room'],
      state: 'active',
      status: 'active',
      search: 'x',
    });
    expect(store.getView().total).toBeUndefined();
    store.setQuery({ sort: 'members', descending: true });
    await answer(3);
    expect(questions.at(-1)).toMatchObject({ kinds: ['room'], sort: 'members', descending: true });
  });

  test('takes an answer to an older question for its counts only', async () => {
    const { store, answer } = setUp();
    store.setVisible(true);
    store.setQuery({ search: 'x' });
    await answer(3);
    expect(store.getView()).toMatchObject({ total: undefined, counts: { connection: { total: 3 } } });
    await answer(1);
    expect(store.getView().total).toBe(1);
  });

  test('asks for the rows in sight, of 100,000 as well as of ten', async () => {
    const { store, questions, answer } = setUp();
    store.setVisible(true);
    await answer(100_000);
    store.setWindow({ start: 0, end: 30 });
    expect(questions).toHaveLength(1);
    store.setWindow({ start: 73_210, end: 73_240 });
    expect(questions).toHaveLength(2);
    await answer(100_000);
    const { rows } = store.getView();
    expect(rows.get(73_210)?.id).toBe('c73210');
    expect(rows.get(73_239)?.id).toBe('c73239');
    expect(rows.size).toBeLessThanOrEqual(PAGE_ROWS);
  });

  test('keeps the rows near those in sight while one scrolls', async () => {
    const { store, answer } = setUp();
    store.setVisible(true);
    await answer(1_000);
    for (const start of [90, 180, 270]) {
      store.setWindow({ start, end: start + 20 });
      await answer(1_000);
    }
    const { rows } = store.getView();
    expect(rows.has(0)).toBe(true);
    for (let row = 0; row < 290; row += 1) expect(rows.get(row)?.id).toBe(`c${row}`);
  });

  test('tells why a question is refused', async () => {
    const { store, give } = setUp();
    store.setVisible(true);
    await give({ type: 'refused', error: 'no such sort' });
    expect(store.getView()).toMatchObject({ error: 'no such sort', total: 0 });
  });

  test('keeps what it knows while there is no answer, and asks at once with the next link', async () => {
    const { store, questions, give, answer, reconnect } = setUp();
    store.setVisible(true);
    await answer(3);
    reconnect();
    await give({ type: 'unanswered' });
    expect(store.getView().total).toBe(3);
    reconnect();
    expect(questions).toHaveLength(3);
  });
});
