import { describe, expect, it } from 'vitest';
import { type NestedState, stateAtKey } from './state-keys.ts';

const STATES: readonly NestedState[] = [
  { path: '' },
  { path: 'opening', parent: '' },
  { path: 'active', parent: '' },
  { path: 'active.occupancy', parent: 'active' },
  { path: 'active.occupancy.empty', parent: 'active.occupancy' },
  { path: 'active.occupancy.full', parent: 'active.occupancy' },
  { path: 'active.journal', parent: 'active' },
  { path: 'closed', parent: '' },
];

const press = (from: string, ...keys: string[]): string | undefined => {
  let path: string | undefined = from;
  for (const key of keys) path = path === undefined ? undefined : stateAtKey(STATES, path, key);
  return path;
};

describe('stateAtKey', () => {
  it('goes into a state and out of it again', () => {
    expect(press('active', 'ArrowRight')).toBe('active.occupancy');
    expect(press('active', 'ArrowRight', 'ArrowRight')).toBe('active.occupancy.empty');
    expect(press('active.occupancy.full', 'ArrowLeft')).toBe('active.occupancy');
  });

  it('goes to the states beside, not into them', () => {
    expect(press('opening', 'ArrowDown')).toBe('active');
    expect(press('active', 'ArrowDown')).toBe('closed');
    expect(press('active', 'ArrowUp')).toBe('opening');
  });

  it('goes on after the last one inside, and back out before the first', () => {
    expect(press('active.occupancy.full', 'ArrowDown')).toBe('active.journal');
    expect(press('active.journal', 'ArrowDown')).toBe('closed');
    expect(press('active.occupancy.empty', 'ArrowUp')).toBe('active.occupancy');
  });

  it('stays where there is nothing further', () => {
    expect(press('closed', 'ArrowDown')).toBeUndefined();
    expect(press('closed', 'ArrowRight')).toBeUndefined();
    expect(press('', 'ArrowUp')).toBeUndefined();
    expect(press('', 'ArrowLeft')).toBeUndefined();
  });

  it('goes to the root and to the last state', () => {
    expect(press('active.journal', 'Home')).toBe('');
    expect(press('', 'End')).toBe('closed');
  });

  it('leaves other keys alone', () => {
    expect(press('active', 'Tab')).toBeUndefined();
    expect(press('active', 'a')).toBeUndefined();
  });

  it('reaches every state from the root by going in and down', () => {
    const reached = new Set<string>();
    const visit = (path: string): void => {
      if (reached.has(path)) return;
      reached.add(path);
      for (const key of ['ArrowRight', 'ArrowDown']) {
        const next = stateAtKey(STATES, path, key);
        if (next !== undefined) visit(next);
      }
    };
    visit('');
    expect([...reached].toSorted()).toEqual(STATES.map(({ path }) => path).toSorted());
  });
});
