import { describe, expect, test } from 'vitest';
import { SimulatedClock } from 'xstate';
import { parsePresence, PRESENCE_INTERVAL_MS, toCrowd, watchPresence, type Presence } from './presence.ts';

const NOBODY: Presence = { type: 'members', members: [] };

/** A watch whose questions the test answers one by one. */
function setUp() {
  const clock = new SimulatedClock();
  const questions: { resolve: (presence: Presence) => void; reject: (error: Error) => void }[] = [];
  const heard: Presence[] = [];
  const watch = watchPresence({
    clock,
    listener: (presence) => heard.push(presence),
    ask: () => new Promise((resolve, reject) => void questions.push({ resolve, reject })),
  });
  return {
    clock,
    watch,
    questions,
    heard,
    answer: async (presence: Presence | Error): Promise<void> => {
      const question = questions.at(-1)!;
      if (presence instanceof Error) question.reject(presence);
      else question.resolve(presence);
      await new Promise((resolve) => setImmediate(resolve));
    },
  };
}

describe('watching presence', () => {
  test('asks when the page becomes visible, and again after each answer', async () => {
    const { clock, watch, questions, heard, answer } = setUp();
    watch.refresh();
    expect(questions).toHaveLength(0);
    watch.setVisible(true);
    await answer(NOBODY);
    expect(heard).toEqual([NOBODY]);
    clock.increment(PRESENCE_INTERVAL_MS);
    expect(questions).toHaveLength(2);
  });

  test('asks nothing while the page is hidden', async () => {
    const { clock, watch, questions, answer } = setUp();
    watch.setVisible(true);
    await answer(NOBODY);
    watch.setVisible(false);
    clock.increment(PRESENCE_INTERVAL_MS * 10);
    expect(questions).toHaveLength(1);
    watch.setVisible(true);
    expect(questions).toHaveLength(2);
  });

  test('asks once more when it is refreshed during a request', async () => {
    const { watch, questions, answer } = setUp();
    watch.setVisible(true);
    watch.refresh();
    watch.refresh();
    expect(questions).toHaveLength(1);
    await answer(NOBODY);
    expect(questions).toHaveLength(2);
  });

  test('goes on after a failure', async () => {
    const { clock, watch, questions, heard, answer } = setUp();
    watch.setVisible(true);
    await answer(new Error('offline'));
    expect(heard).toEqual([{ type: 'unavailable' }]);
    clock.increment(PRESENCE_INTERVAL_MS);
    expect(questions).toHaveLength(2);
  });

  test('never asks again once the server has refused to show its members', async () => {
    const { clock, watch, questions, heard, answer } = setUp();
    watch.setVisible(true);
    watch.refresh();
    await answer({ type: 'hidden' });
    clock.increment(PRESENCE_INTERVAL_MS);
    watch.refresh();
    watch.setVisible(true);
    expect(heard).toEqual([{ type: 'hidden' }]);
    expect(questions).toHaveLength(1);
  });
});

describe('presence', () => {
  test('is read from the body of the route, without what cannot be read', () => {
    const body = {
      room: 'room1',
      members: [
        { id: 'a1', user: 'ann', state: 'away', joinedAt: 5 },
        { id: 'b2', state: 'joined', joinedAt: 6 },
        null,
        { user: 'no id' },
      ],
    };
    expect(parsePresence(body)).toEqual({
      type: 'members',
      members: [
        { id: 'a1', user: 'ann', state: 'away', joinedAt: 5 },
        { id: 'b2', state: 'joined', joinedAt: 6 },
      ],
    });
  });

  test.each([undefined, null, 'text', {}, { members: 3 }])('%j is no usable answer', (body) => {
    expect(parsePresence(body)).toEqual({ type: 'unavailable' });
  });

  test('lists users by their name and guests by the first letters of their id, in the order of their joins', () => {
    const crowd = toCrowd([
      { id: '3f2a9c', state: 'joined', joinedAt: 2 },
      { id: '9b00aa', user: 'ann', state: 'away', joinedAt: 1 },
    ]);
    expect(crowd).toEqual({
      count: 2,
      people: [
        { name: 'ann', title: '9b00aa', isAway: true, note: 'away' },
        { name: 'Guest 3f2a', title: '3f2a9c', isAway: false },
      ],
      remark: '',
    });
    expect(toCrowd([]).remark).toBe('Nobody yet.');
  });
});
