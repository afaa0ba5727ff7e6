/** What the other members of a room may know of one of them. */

import type { MemberInfo, RoomMember } from '../../protocol/command.ts';
import type { RoomGrant } from './ports.ts';

/** A member as the other members may know it. */
export function toRoomMember(member: MemberInfo, grant: RoomGrant | undefined): RoomMember {
  return grant?.info === undefined ? member : { ...member, roomInfo: grant.info };
}
