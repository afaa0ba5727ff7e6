import { expect, test } from 'vitest';
import { NO_OBSERVER, type MachineObserver } from './live-machine.ts';
import { combineObservers } from './combine-observers.ts';

const observe = (log: string[], name: string): Omit<MachineObserver, 'watched'> => ({
  sent: (...args) => void log.push(`${name} sent ${args.length}`),
  made: (...args) => void log.push(`${name} made ${args.length}`),
  moved: (...args) => void log.push(`${name} moved ${args.length}`),
  stayed: (...args) => void log.push(`${name} stayed ${args.length}`),
  threw: (...args) => void log.push(`${name} threw ${args.length}`),
});

test('observers are called in turn, with all arguments', () => {
  const log: string[] = [];
  const { sent, made, moved, stayed, threw } = combineObservers(observe(log, 'a'), observe(log, 'b'));
  const nothing = undefined as never;
  sent(nothing, nothing, 'socket');
  made('room', nothing);
  moved('room', nothing, nothing, nothing, nothing);
  stayed('room', nothing, nothing, nothing);
  threw('room', nothing, nothing, nothing, nothing);
  expect(log).toEqual([
    'a sent 3',
    'b sent 3',
    'a made 2',
    'b made 2',
    'a moved 5',
    'b moved 5',
    'a stayed 4',
    'b stayed 4',
    'a threw 5',
    'b threw 5',
  ]);
});

test('a method that only one of them has is used itself, and one that none has does nothing', () => {
  const { made, stayed } = observe([], 'a');
  const combined = combineObservers({ made }, { stayed }, {});
  expect(combined.made).toBe(made);
  expect(combined.stayed).toBe(stayed);
  expect(combined.moved).toBe(NO_OBSERVER.moved);
});
