import { FakeClock } from './clock-harness.ts';
import { describe, expect, test } from 'vitest';
import { RepeatLimit } from './repeat-limit.ts';

function createLimit() {
  const clock = new FakeClock();
  const limit = new RepeatLimit(clock);
  const told: string[] = [];
  const report = (kind: string, what = kind) => limit.report(kind, (count) => told.push(`${what} ${count}`));
  return { clock, told, report };
}

describe('reports of one kind', () => {
  test('are told at once, and then with their number each ten seconds', () => {
    const { clock, told, report } = createLimit();
    for (const what of ['a', 'b', 'c']) report('kind', what);
    expect(told).toEqual(['a 1']);
    clock.increment(10_000);
    expect(told).toEqual(['a 1', 'c 2']);
    report('kind', 'd');
    clock.increment(10_000);
    expect(told.slice(2)).toEqual(['d 1']);
  });

  test('are told at once again after ten seconds without one', () => {
    const { clock, told, report } = createLimit();
    report('kind');
    clock.increment(10_000);
    report('kind');
    expect(told).toEqual(['kind 1', 'kind 1']);
  });

  test('do not keep others from being told', () => {
    const { told, report } = createLimit();
    report('one');
    report('other');
    expect(told).toEqual(['one 1', 'other 1']);
  });

  test('are counted with others when there are too many kinds', () => {
    const { clock, told, report } = createLimit();
    for (let kind = 0; kind < 5_000; kind += 1) report(`kind ${kind}`);
    expect(told).toHaveLength(1_001);
    clock.increment(10_000);
    expect(told.at(-1)).toBe('kind 4999 3999');
    clock.increment(10_000);
    report('kind 4999');
    expect(told.at(-1)).toBe('kind 4999 1');
  });
});
