import { describe, expect, it } from 'vitest';
import { createLitStates } from './lit-states.ts';

describe('the store of a picture', () => {
  it('tells leaves, the states around them, and the others apart', () => {
    const store = createLitStates();
    store.light(['active.occupancy.full', 'active.journal.clean']);
    expect(store.activityOf('active.occupancy.full')).toBe('leaf');
    expect(store.activityOf('active.occupancy')).toBe('ancestor');
    expect(store.activityOf('active')).toBe('ancestor');
    expect(store.activityOf('')).toBe('ancestor');
    expect(store.activityOf('active.occupancy.empty')).toBe('none');
    expect(store.activityOf('act')).toBe('none');
  });

  it('has nothing active for an actor of which nothing is known', () => {
    const store = createLitStates();
    store.light([]);
    expect(store.activityOf('')).toBe('none');
  });

  it('calls no subscriber when nothing changes', () => {
    const store = createLitStates();
    store.light(['a', 'b']);
    let told = 0;
    store.subscribe(() => told++);
    store.light(['a', 'b']);
    store.select(undefined);
    store.stopAt('');
    expect(told).toBe(0);
    store.light(['b']);
    expect(told).toBe(1);
  });

  it('calls no subscriber after it has unsubscribed', () => {
    const store = createLitStates();
    let told = 0;
    const leave = store.subscribe(() => told++);
    leave();
    store.light(['a']);
    expect(told).toBe(0);
  });

  it('leads the tab key to the selected state, and to one that had the keyboard since', () => {
    const store = createLitStates();
    expect(store.isTabStop('')).toBe(true);
    store.select('a.b');
    expect(store.isSelected('a.b')).toBe(true);
    expect(store.isTabStop('a.b')).toBe(true);
    store.stopAt('a');
    expect(store.isTabStop('a')).toBe(true);
    expect(store.isTabStop('a.b')).toBe(false);
    expect(store.isSelected('a.b')).toBe(true);
  });
});
