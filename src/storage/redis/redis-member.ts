/**
 * How a durable member looks in Redis: a field of the roster of its room, named by the id of the member. Its value is four
 * lines: format and lease of its node; the user as in the presence; when it joined; since when it is away, or nothing.
 */

import { encodeUser } from '../../redis/presence-entry.ts';
import type { StoredMember } from '../membership-store.ts';

const FORMAT = '1';

export function encodeMember(lease: string, { user, joinedAt, awaySince }: StoredMember): string {
  return `${FORMAT}${lease}\n${encodeUser(user)}\n${joinedAt}\n${awaySince ?? ''}`;
}

/** Undefined where a newer version has written it. */
export function decodeMember(id: string, value: string): StoredMember | undefined {
  if (!value.startsWith(FORMAT)) return undefined;
  const [, user = '', joinedAt, awaySince] = value.split('\n');
  return {
    id,
    ...(user !== '' && { user: JSON.parse(user) as string }),
    joinedAt: Number(joinedAt),
    ...(awaySince !== '' && { awaySince: Number(awaySince) }),
  };
}
