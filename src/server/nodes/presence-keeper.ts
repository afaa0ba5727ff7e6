/** Tells a presence again and again who is still there, where it would forget members otherwise. */

import type { Directory } from '../../actors/directory.ts';
import { isListed, toRoomMember } from '../../actors/room/room-member.ts';
import type { RestingMember } from '../../actors/room/roster.ts';
import type { Presence, PresentMember } from '../../broker/presence/presence.ts';
import type { EventSink } from '../../events/server-events.ts';
import type { OutsidePresence } from '../../operations/outside-presence.ts';
import { startQuietTimer, type Clock } from '../../system/clock.ts';

/** Members told in one call. */
const MEMBERS_A_CALL = 500;
/** A member is refreshed so many times before its time is over. */
const REFRESHES_A_LIFE = 3;

interface KeeperInput {
  readonly presence: Presence;
  readonly directory: Pick<Directory, 'rooms'>;
  /** Who is present without a connection. */
  readonly outside: Pick<OutsidePresence, 'rooms'>;
  readonly clock: Clock;
  readonly events: EventSink;
}

export interface PresenceKeeper {
  /** Tells it now who is there. */
  refresh(): void;
  end(): void;
}

const NO_KEEPER: PresenceKeeper = { refresh() {}, end() {} };

export function keepPresence({ presence, directory, outside, clock, events }: KeeperInput): PresenceKeeper {
  const { ttlMs } = presence;
  if (ttlMs === undefined) return NO_KEEPER;
  let isOver = false;
  const intervalMs = ttlMs / REFRESHES_A_LIFE;
  let timer = startQuietTimer(clock, () => void refreshAll(), intervalMs);

  async function refreshAll(): Promise<void> {
    for (const { name, record } of directory.rooms.values()) {
      const listed = [...record.roster.joined.values()].filter(({ grant }) => isListed(grant));
      await refresh(name, listed.map(toPresent));
    }
    for (const [room, members] of outside.rooms()) await refresh(room, members);
    clock.clearTimeout(timer);
    if (!isOver) timer = startQuietTimer(clock, () => void refreshAll(), intervalMs);
  }

  async function refresh(room: string, members: readonly PresentMember[]): Promise<void> {
    try {
      for (let start = 0; start < members.length; start += MEMBERS_A_CALL) {
        await presence.refresh(room, members.slice(start, start + MEMBERS_A_CALL));
      }
    } catch (error) {
      events.emit('part.failed', { part: 'presence', room, error });
    }
  }

  return {
    refresh() {
      clock.clearTimeout(timer);
      void refreshAll();
    },
    end() {
      isOver = true;
      clock.clearTimeout(timer);
    },
  };
}

function toPresent({ subscriber, grant, joinedAt }: RestingMember): PresentMember {
  return { ...toRoomMember(subscriber.member, grant), joinedAt };
}
