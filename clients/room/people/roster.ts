/** Who is in the room: the connections that the server lists, grouped by user, with the names that guests chose. */

import { authorOf, type Author, type Sender } from '../../chat/messages/author.ts';
import { describeRest, type Crowd, type Person } from '../../chat/people/people.ts';

/** How many names of guests are remembered. */
const REMEMBERED_NAMES = 1_000;

/** What the server says about who is in the room. */
export type Headcount =
  | { readonly type: 'all'; readonly clients: readonly Sender[] }
  /** Too many to list. All guests together count as one user. */
  | { readonly type: 'many'; readonly connections: number; readonly users: number }
  /** The server does not tell. */
  | { readonly type: 'hidden' }
  /** No answer this time. */
  | { readonly type: 'unavailable' };

export interface Roster {
  /** Takes a list of the server; what joined or left since it was asked for comes with the next one. */
  replace(headcount: Headcount): void;
  join(sender: Sender): void;
  leave(sender: Sender): void;
  /** Remembers the name that a guest chose; returns how the sender is shown. */
  recognise(sender: Sender, claimed: string | undefined): Author;
  /** The user of a connection of this page, once the server has proof of one. */
  ownUser(): string | undefined;
  toCrowd(): Crowd;
}

export interface RosterOptions {
  /** Whether this page has the connection. */
  readonly isOwn: (client: string) => boolean;
  /** The name that the user of this page goes by. */
  readonly ownName: () => string | undefined;
}

export function createRoster({ isOwn, ownName }: RosterOptions): Roster {
  const clients = new Map<string, Sender>();
  /** By the ids of their connections. */
  const names = new Map<string, string>();
  let headcount: Headcount['type'] = 'unavailable';
  let many = { connections: 0, users: 0 };

  return {
    replace(next) {
      if (next.type === 'unavailable' && headcount !== 'unavailable') return;
      headcount = next.type;
      clients.clear();
      if (next.type === 'many') many = next;
      if (next.type === 'all') for (const sender of next.clients) clients.set(sender.client, sender);
    },
    join(sender) {
      if (headcount === 'all') clients.set(sender.client, sender);
    },
    leave({ client }) {
      clients.delete(client);
    },
    recognise(sender, claimed) {
      const { client } = sender;
      if (claimed === undefined) return authorOf(sender, undefined);
      names.delete(client);
      names.set(client, claimed);
      for (const oldest of names.keys()) {
        if (names.size <= REMEMBERED_NAMES) break;
        names.delete(oldest);
      }
      return authorOf(sender, claimed);
    },
    ownUser() {
      for (const { client, user } of clients.values()) if (user !== '' && isOwn(client)) return user;
      return undefined;
    },
    toCrowd() {
      switch (headcount) {
        case 'unavailable':
          return { people: [], remark: 'Not known yet.' };
        case 'hidden':
          return { people: [], remark: 'The list is hidden by this server’s settings.' };
        case 'many':
          return {
            count: many.users,
            people: [],
            remark: `${many.connections.toLocaleString()} connections, too many to list. Guests count as one.`,
          };
        case 'all':
          return listAll();
      }
    },
  };

  function listAll(): Crowd {
    const people = new Map<string, Sender[]>();
    for (const sender of clients.values()) {
      const key = sender.user === '' ? `guest ${sender.client}` : `user ${sender.user}`;
      people.set(key, [...(people.get(key) ?? []), sender]);
    }
    return {
      count: people.size,
      people: [...people.values()].map(toPerson).toSorted(byRank),
      remark: describeRest(people.size),
    };
  }

  function toPerson(senders: readonly Sender[]): Person & { readonly isSelf: boolean } {
    const [first = { client: '', user: '' }] = senders;
    const isSelf = senders.some(({ client }) => isOwn(client));
    const claimed = isSelf ? ownName() : names.get(first.client);
    const { name, tag, isProven, colour } = authorOf(first, claimed);
    const notes = [...(isSelf ? ['you'] : []), ...(senders.length > 1 ? [`${senders.length} tabs`] : [])];
    return {
      name,
      title: isProven ? 'The server has proof of this name.' : (tag ?? 'A guest without a name.'),
      isAway: false,
      isSelf,
      colour,
      ...(notes.length > 0 && { note: notes.join(', ') }),
    };
  }
}

function byRank(a: { name: string; isSelf: boolean }, b: { name: string; isSelf: boolean }): number {
  if (a.isSelf !== b.isSelf) return a.isSelf ? -1 : 1;
  return a.name.localeCompare(b.name);
}
