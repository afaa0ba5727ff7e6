/** Who the owner of a server makes present in rooms; the table of them is in outside-presence.ts. */

import type { Rooms } from '../actors/rooms.ts';
import type { MemberInfo } from '../protocol/command.ts';
import { createRefusal, type Refusal } from '../protocol/errors.ts';
import { MAX_USER_LENGTH, refuseMessage } from '../protocol/limits.ts';
import { toFound, type AllNodes } from './all-nodes.ts';
import { bad } from './answers.ts';
import type { Operations, OutsideMember } from './operations.ts';
import { OUTSIDE_PREFIX, type OutsidePresence } from './outside-presence.ts';

export interface PresenceSettingInput {
  readonly rooms: Pick<Rooms, 'refuseName'>;
  readonly nodes: Pick<AllNodes, 'order'>;
  readonly outside: Pick<OutsidePresence, 'add'>;
}

const MIN_TTL_MS = 1_000;
const MAX_TTL_MS = 24 * 60 * 60_000;
const MAX_ID_LENGTH = 128;
/** So many may be present that much more would fill the memory. */
const MAX_INFO_BYTES = 4 * 1024;

export function createPresenceSetting({
  rooms,
  nodes,
  outside,
}: PresenceSettingInput): Pick<Operations, 'setPresence' | 'removePresence'> {
  return {
    setPresence(room, given, ttlMs) {
      const refusal = rooms.refuseName(room) ?? refuseMember(given) ?? refuseTime(ttlMs);
      if (refusal !== undefined) return { refusal };
      const member = toMember(given);
      const { id } = member;
      // It may be present by another node, which then keeps it.
      return nodes.order({ type: 'keepPresent', room, member, ttlMs }, (isKept) =>
        isKept ? { id } : outside.add(room, member, ttlMs),
      );
    },
    removePresence(room, given) {
      const refusal = rooms.refuseName(room) ?? refuseId(given);
      if (refusal !== undefined) return { refusal };
      return nodes.order({ type: 'removePresent', room, id: OUTSIDE_PREFIX + given }, toFound);
    },
  };
}

function toMember({ id, user, info }: OutsideMember): MemberInfo {
  return {
    id: OUTSIDE_PREFIX + id,
    ...(user !== undefined && user !== '' && { user }),
    ...(info !== undefined && { info }),
  };
}

/** Programs in plain JavaScript may give anything. */
function refuseMember(member: OutsideMember): Refusal | undefined {
  const {
    id,
    user = '',
    info,
  } = Object(member) as { id?: unknown; user?: unknown; info?: OutsideMember['info'] };
  if (typeof user !== 'string' || user.length > MAX_USER_LENGTH) {
    return bad(`the user must be a string of up to ${MAX_USER_LENGTH} characters`);
  }
  const badInfo = info === undefined ? undefined : refuseMessage(info, { messageBytes: MAX_INFO_BYTES });
  if (badInfo?.error === 'limitExceeded') {
    return createRefusal('limitExceeded', `info is longer than ${MAX_INFO_BYTES} bytes`);
  }
  return refuseId(id) ?? (badInfo === undefined ? undefined : bad('info must be a JSON value'));
}

function refuseId(id: unknown): Refusal | undefined {
  if (typeof id === 'string' && id !== '' && id.length <= MAX_ID_LENGTH) return undefined;
  return bad(`the id must be a string of 1 to ${MAX_ID_LENGTH} characters`);
}

function refuseTime(ttlMs: number): Refusal | undefined {
  if (Number.isFinite(ttlMs) && ttlMs >= MIN_TTL_MS && ttlMs <= MAX_TTL_MS) return undefined;
  return bad('the time to live must be from 1 second to 24 hours');
}
