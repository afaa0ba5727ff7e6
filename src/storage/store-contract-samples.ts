/** The members, changes and odd names that the store contract tries a store with. */

import type { MembershipChange, StoredMember } from './membership-store.ts';

/** Room names come from clients: up to 255 bytes of any text that is not empty. */
export const ODD_NAMES = [
  'room',
  'Room',
  'ROOM',
  'room ',
  ' room',
  'room.',
  'room\u0000',
  '.',
  '..',
  '../room',
  '/etc/room',
  '..\\room',
  'a/b',
  'a\\b',
  'a:b',
  'a*b?',
  'con',
  'NUL.txt',
  'room.json',
  '%72oom',
  '"quoted"',
  'two\nlines',
  '\ufeffroom',
  '__proto__',
  'constructor',
  '部屋',
  'комната',
  '\u00e9',
  'e\u0301',
  '👩‍👩‍👧',
  '🏠'.repeat(63),
  'x'.repeat(200),
  'x'.repeat(254),
  'x'.repeat(255),
  `${'x'.repeat(254)}y`,
];

export const ada: StoredMember = { id: 'ada', user: 'ada', joinedAt: 1_767_225_600_000 };
export const bob: StoredMember = { id: 'bob', joinedAt: 1_767_225_600_001 };

export function numbered(number: number): StoredMember {
  return { id: `member ${number}`, user: `user ${number}`, joinedAt: number };
}

export function put(member: StoredMember): MembershipChange {
  return { type: 'put', member };
}

export function remove(id: string): MembershipChange {
  return { type: 'remove', id };
}

export function randomChange(random: (below: number) => number): MembershipChange {
  const id = `member ${random(6)}`;
  if (random(2) === 0) return remove(id);
  const user = random(2) === 0 ? {} : { user: `user ${random(3)}` };
  const away = random(3) > 0 ? {} : { awaySince: random(1000) };
  return put({ id, ...user, joinedAt: random(1000), ...away });
}

export function applyToModel(model: Map<string, StoredMember>, change: MembershipChange): void {
  if (change.type === 'put') model.set(change.member.id, change.member);
  else model.delete(change.id);
}
