/** Who may do what in a room, as plain questions. Who asks them, and when, is the room's. */

import type { MemberInfo } from '../../../protocol/command.ts';

/**
 * Who may do something: everybody, connections with a user, members of the room, those whom a token or the server has let
 * into the room, or no client at all.
 */
export type Who = 'anyone' | 'users' | 'members' | 'token' | 'nobody';

export interface RoomRules {
  readonly join: Exclude<Who, 'members'>;
  readonly publish: Who;
  readonly presence: Who;
  readonly history: Who;
  /** Calls of functions through the room. */
  readonly rpc: Who;
}

/** What a rule is about, besides joins. */
export type RuledAction = Exclude<keyof RoomRules, 'join'>;

/** What a rule looks at. */
export interface Asker {
  readonly member: MemberInfo;
  /** The asker's place in the room, if it is a member. */
  readonly seat: { readonly isGranted: boolean } | undefined;
}

/** What is allowed to a room's clients: the rules, and the users to whom the name of the room belongs. */
export interface Allowances {
  readonly rules: RoomRules;
  /** Whether the settings know rooms of this name. */
  readonly isKnown: boolean;
  /** The users for whom alone the room is, by its name (`auth.userBoundary`). Absent: it is for all. */
  readonly owners?: readonly string[] | undefined;
}

/** The sign between a personal room's name and its user, where the settings name none. */
export const DEFAULT_BOUNDARY = '#';

/** Whether a client may join without a token. */
export function mayJoin({ rules, owners }: Allowances, { user }: MemberInfo): boolean {
  if (rules.join === 'nobody') return false;
  if (owners !== undefined) return user !== undefined && owners.includes(user);
  if (rules.join === 'anyone') return true;
  return rules.join === 'users' && user !== undefined;
}

/** Whether a client may do something else. Whoever may not join a room of other users, may not do it from outside. */
export function mayAct({ rules, owners }: Allowances, action: RuledAction, { member, seat }: Asker): boolean {
  if (owners !== undefined && seat === undefined) {
    if (member.user === undefined || !owners.includes(member.user)) return false;
  }
  switch (rules[action]) {
    case 'anyone':
      return true;
    case 'users':
      return member.user !== undefined;
    case 'members':
      return seat !== undefined;
    case 'token':
      return seat?.isGranted === true;
    case 'nobody':
      return false;
  }
}

/**
 * The users to whom a room belongs by its name: `chat#42,43` is for 42 and 43, where the boundary is `#`. A personal room
 * is for one user, whose name may have a comma.
 */
export function ownersOf(
  room: string,
  boundary: string | undefined,
  personalRoom?: string,
): readonly string[] | undefined {
  if (boundary === undefined) return undefined;
  const personal = personalRoom === undefined ? undefined : `${personalRoom}${boundary}`;
  if (personal !== undefined && room.startsWith(personal)) return [room.slice(personal.length)];
  const at = room.indexOf(boundary);
  return at === -1 ? undefined : room.slice(at + boundary.length).split(',');
}

/** Whether a list such as `hello.sayHello`, `clock.*` has a method. */
export function allowsMethod(allowed: readonly string[], method: string): boolean {
  return allowed.some((entry) =>
    entry.endsWith('.*') ? method.startsWith(entry.slice(0, -1)) : entry === method,
  );
}
