/** A presence that a worker uses and the primary holds. What a worker has listed ends with it. */

import type { Presence, PresenceStats, PresentMember } from '../../broker/presence/presence.ts';
import type { Channel } from '../channel/channel.ts';

/** Does what a worker asks. Returns what it has listed, by room and id. */
export function servePresence(
  channel: Channel,
  presence: Presence,
): ReadonlyMap<string, ReadonlyMap<string, PresentMember>> {
  const listed = new Map<string, Map<string, PresentMember>>();

  function note(room: string, member: PresentMember): void {
    const members = listed.get(room);
    if (members === undefined) listed.set(room, new Map([[member.id, member]]));
    else members.set(member.id, member);
  }

  channel.serve('presence', {
    async add(room: string, member: PresentMember, capacity?: number) {
      const outcome = await presence.add(room, member, capacity);
      if (outcome !== 'full') note(room, member);
      return outcome;
    },
    remove(room: string, id: string) {
      const members = listed.get(room);
      members?.delete(id);
      if (members?.size === 0) listed.delete(room);
      return presence.remove(room, id);
    },
    refresh(room: string, members: readonly PresentMember[]) {
      for (const member of members) note(room, member);
      return presence.refresh(room, members);
    },
    list: (room: string) => presence.list(room),
    stats: (room: string) => presence.stats(room),
  });
  return listed;
}

/** @param ttlMs As that of the presence in the primary. */
export function createRemotePresence(channel: Channel, ttlMs?: number): Presence {
  const call = (method: string, ...args: readonly unknown[]): Promise<unknown> =>
    channel.call(`presence.${method}`, args);
  return {
    ttlMs,
    add: (room, member, capacity) =>
      (capacity === undefined ? call('add', room, member) : call('add', room, member, capacity)) as Promise<
        void | 'full'
      >,
    remove: (room, id) => call('remove', room, id) as Promise<void>,
    refresh: (room, members) => call('refresh', room, members) as Promise<void>,
    list: (room) => call('list', room) as Promise<readonly PresentMember[]>,
    stats: (room) => call('stats', room) as Promise<PresenceStats>,
    close: () => undefined,
  };
}
