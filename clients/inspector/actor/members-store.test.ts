import { describe, expect, test } from 'vitest';
import { SimulatedClock } from 'xstate';
import type { FeedClient, Outcome } from '../feed/feed.ts';
import { MEMBERS_INTERVAL_MS, MembersStore, MOST_MEMBERS, type Members } from './members-store.ts';

describe('the members of a room', () => {
  test('are requested while the page is visible, and gone when the room is', async () => {
    const clock = new SimulatedClock();
    const questions: unknown[] = [];
    let settle: ((outcome: Outcome<Members>) => void) | undefined;
    const ask = (question: unknown) => {
      questions.push(question);
      return new Promise((resolve) => (settle = resolve));
    };
    const store = new MembersStore({ ask } as unknown as Pick<FeedClient, 'ask'>, 'room1', clock);
    const give = async (outcome: Outcome<Members>): Promise<void> => {
      settle?.(outcome);
      await new Promise((resolve) => setImmediate(resolve));
      clock.increment(MEMBERS_INTERVAL_MS);
    };
    const members: Members = {
      type: 'members',
      id: 1,
      room: 'room1',
      members: [],
      total: 0,
      joined: 0,
      away: ['ann'],
    };
    store.setVisible(true);
    expect(questions).toEqual([{ type: 'members', room: 'room1', limit: MOST_MEMBERS }]);
    await give({ type: 'answered', answer: members });
    expect(store.getView()).toBe(members);
    await give({ type: 'unanswered' });
    expect(store.getView()).toBe(members);
    await give({ type: 'refused', error: 'there is no room room1' });
    expect(store.getView()).toBeUndefined();
    store.setVisible(false);
    const asked = questions.length;
    clock.increment(60 * MEMBERS_INTERVAL_MS);
    expect(questions).toHaveLength(asked);
  });
});
