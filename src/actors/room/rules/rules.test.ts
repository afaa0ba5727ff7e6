import { describe, expect, test } from 'vitest';
import { mayAct, mayJoin, ownersOf, type Allowances, type RoomRules, type Who } from './rules.ts';

const ANONYMOUS = { id: 'c1' };
const ANN = { id: 'c2', user: 'ann' };
const SEATED = { isGranted: false };
const GRANTED = { isGranted: true };

function allow(rules: Partial<RoomRules>, owners?: readonly string[]): Allowances {
  const nobody = { join: 'nobody', publish: 'nobody', presence: 'nobody', history: 'nobody', rpc: 'nobody' };
  return { rules: { ...(nobody as RoomRules), ...rules }, isKnown: true, owners };
}

describe('a join', () => {
  test.each([
    ['anyone', true, true],
    ['users', false, true],
    ['token', false, false],
    ['nobody', false, false],
  ] as const)('that %s may do', (join, anonymous, user) => {
    expect([mayJoin(allow({ join }), ANONYMOUS), mayJoin(allow({ join }), ANN)]).toEqual([anonymous, user]);
  });

  test('of a room that belongs to users is theirs alone, and needs no other rule', () => {
    const ofAnn = allow({ join: 'users' }, ['ann', 'bob']);
    expect([
      mayJoin(ofAnn, ANN),
      mayJoin(ofAnn, { id: 'c3', user: 'eve' }),
      mayJoin(ofAnn, ANONYMOUS),
    ]).toEqual([true, false, false]);
    expect(mayJoin(allow({ join: 'nobody' }, ['ann']), ANN)).toBe(false);
  });
});

describe('anything else', () => {
  const ask = (publish: Who, member: typeof ANONYMOUS | typeof ANN, seat?: typeof SEATED) =>
    mayAct(allow({ publish }), 'publish', { member, seat });

  test.each([
    ['anyone', [true, true, true, true]],
    ['users', [false, true, false, true]],
    ['members', [false, false, true, true]],
    ['token', [false, false, false, true]],
    ['nobody', [false, false, false, false]],
  ] as const)('that %s may do', (who, expected) => {
    expect([ask(who, ANONYMOUS), ask(who, ANN), ask(who, ANONYMOUS, SEATED), ask(who, ANN, GRANTED)]).toEqual(
      expected,
    );
  });

  test('in a room of other users is not allowed from outside, whatever the rule', () => {
    const room = allow({ publish: 'anyone', history: 'users' }, ['bob']);
    expect(mayAct(room, 'publish', { member: ANN, seat: undefined })).toBe(false);
    expect(mayAct(room, 'history', { member: ANN, seat: undefined })).toBe(false);
    expect(mayAct(room, 'publish', { member: ANN, seat: SEATED })).toBe(true);
    expect(mayAct(room, 'publish', { member: { id: 'c4', user: 'bob' }, seat: undefined })).toBe(true);
  });
});

test('the owners of a room are named behind the boundary', () => {
  expect(ownersOf('chat#42,43', '#')).toEqual(['42', '43']);
  expect(ownersOf('user#a#b', '#')).toEqual(['a#b']);
  expect(ownersOf('user#a,b', '#', 'user')).toEqual(['a,b']);
  expect(ownersOf('my#user#42', '#', 'my#user')).toEqual(['42']);
  expect(ownersOf('chat', '#')).toBeUndefined();
  expect(ownersOf('chat#42', undefined)).toBeUndefined();
});
