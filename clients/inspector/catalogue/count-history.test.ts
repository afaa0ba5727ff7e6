import { describe, expect, test } from 'vitest';
import { CountHistory, HISTORY_MS } from './count-history.ts';
import { countsOf } from '../testing/feed-items.ts';

function add(history: CountHistory, at: number, total: number, states: Record<string, number>): void {
  history.add({ at, counts: countsOf({ room: { total, states, failed: 0 } }) });
}

const values = (history: CountHistory, name: string) => history.samplesOf(name).map(({ value }) => value);

describe('the history of counts', () => {
  test('has a series for each kind and for each of its states', () => {
    const history = new CountHistory();
    add(history, 0, 3, { opening: 1, active: 2 });
    add(history, 1_000, 2, { active: 2 });
    expect(values(history, CountHistory.nameOf('room'))).toEqual([3, 2]);
    expect(values(history, CountHistory.nameOf('room', 'active'))).toEqual([2, 2]);
    expect(values(history, CountHistory.nameOf('room', 'opening'))).toEqual([1, 0]);
    expect(values(history, CountHistory.nameOf('server'))).toEqual([0, 0]);
  });

  test('goes back some minutes, and forgets states that nobody was in for so long', () => {
    const history = new CountHistory();
    add(history, 0, 1, { opening: 1 });
    for (let at = 1_000; at <= HISTORY_MS + 1_000; at += 1_000) add(history, at, 1, { active: 1 });
    const samples = history.samplesOf(CountHistory.nameOf('room'));
    expect(samples[0]!.at).toBeGreaterThan(1_000);
    expect(samples).toHaveLength(HISTORY_MS / 1_000);
    expect(history.samplesOf(CountHistory.nameOf('room', 'opening'))).toEqual([]);
  });
});
