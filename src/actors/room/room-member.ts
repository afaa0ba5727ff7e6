/** What the other members of a room may know of one of them. */

import type { MemberInfo, RoomMember } from '../../protocol/command.ts';
import type { RoomGrant } from './ports.ts';
import type { RoomOptions } from './room-options.ts';

/** A member as the other members may know it. */
export function toRoomMember(member: MemberInfo, grant: RoomGrant | undefined): RoomMember {
  return grant?.info === undefined ? member : { ...member, roomInfo: grant.info };
}

/** Whether the presence lists a member. */
export function isListed(grant: RoomGrant | undefined): boolean {
  return grant?.override?.presence !== false;
}

/** Whether the other members are told of the join and the leave of a member. */
export function tellsJoins(
  grant: RoomGrant | undefined,
  { joinLeave }: Pick<RoomOptions, 'joinLeave'>,
): boolean {
  return grant?.override?.joinLeave ?? joinLeave;
}
