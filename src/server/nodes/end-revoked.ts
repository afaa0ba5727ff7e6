/** Ends what tokens and users have open on this node that are not believed any more. */

import type { ConnectionRef } from '../../actors/connection/connection.ts';
import type { Directory } from '../../actors/directory.ts';
import type { TokenMark } from '../../actors/room/rules/revocation-check.ts';
import { send } from '../../actors/runtime/send.ts';
import type { RevokeOrder } from '../../broker/control/control.ts';
import { ENDINGS } from '../../protocol/endings.ts';
import { createRefusal } from '../../protocol/errors.ts';
import type { Revocation } from '../../storage/revocations/revocation-store.ts';

/** Returns whether there was anything. */
export function endRevoked(directory: Directory, order: RevokeOrder): boolean {
  const isAway = 'user' in order && order.issuedBefore === undefined && forgetAway(directory, order.user);
  const connections =
    'token' in order
      ? [...directory.connections.values()]
      : [...directory.connectionsOf(order.user)].map((id) => directory.connections.get(id));
  // Each is told before the next one is looked at: none of them changes what is true of another.
  return connections.map((one) => one !== undefined && endOne(one, order)).includes(true) || isAway;
}

function endOne(connection: ConnectionRef, order: RevokeOrder): boolean {
  const { identity, seats } = connection.getSnapshot().context;
  if ('token' in order ? identity?.token?.id === order.token : isBefore(identity?.token, order)) {
    const close = 'token' in order ? 'invalidToken' : 'permissionDenied';
    send(connection, { type: 'server.disconnect', close }, 'library');
    return true;
  }
  const rooms: string[] = [];
  seats.each(({ grant }, room) => {
    const mark = grant?.token;
    if (mark === undefined) return;
    if ('token' in order ? mark.id === order.token : isBefore(mark, order)) rooms.push(room);
  });
  const { code, reason } = ENDINGS.invalidated;
  for (const room of rooms) {
    send(connection, { type: 'server.leave', room, ending: { code, reason } }, 'library');
  }
  return rooms.length > 0;
}

/** Who has come without a token has come before now. */
function isBefore(
  mark: TokenMark | undefined,
  { issuedBefore }: { readonly issuedBefore?: number },
): boolean {
  return issuedBefore === undefined || (mark?.issuedAt ?? -Infinity) < issuedBefore;
}

/** Users of an earlier run who were revoked are not expected back: its last changes may not have been stored. */
export function forgetRevoked(directory: Directory, revocations: readonly Revocation[]): void {
  for (const one of revocations) {
    if ('user' in one && one.issuedBefore === undefined) forgetAway(directory, one.user);
  }
}

/** The user is not expected back in any room. */
function forgetAway(directory: Directory, user: string): boolean {
  const rooms = directory.absence.roomsOf(user);
  for (const name of rooms) {
    const room = directory.rooms.get(name);
    const away = room?.record.roster.away.get(user);
    if (away === undefined) continue;
    const refusal = createRefusal('permissionDenied');
    room?.send({ type: 'room.kick', id: away.member.id, refusal }, 'library');
  }
  return rooms.length > 0;
}
