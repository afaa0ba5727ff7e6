/** The members of a room as small multiples: a tile for each, in groups by state. */

import { useEffect, useMemo, type ReactNode } from 'react';
import { hashOf } from '../names/address.ts';
import type { FeedClient } from '../feed/feed.ts';
import { formatCount } from '../ui/format.ts';
import { useDocumentVisible, useStore } from '../ui/hooks.ts';
import { shortenId } from '../names/kind-words.ts';
import { groupMembers, type MemberGroup, type MemberTile } from './member-groups.ts';
import { MembersStore, type Members } from './members-store.ts';
import { LookShape } from '../names/shapes.tsx';
import type { WatchStore } from '../watch/watch-store.ts';

interface MembersPanelProps {
  readonly client: FeedClient;
  readonly watch: WatchStore;
}

export function MembersPanel({ client, watch }: MembersPanelProps): ReactNode {
  const store = useMemo(() => new MembersStore(client, watch.actor.id), [client, watch]);
  const isVisible = useDocumentVisible();
  useEffect(() => {
    store.setVisible(isVisible);
    return () => store.setVisible(false);
  }, [store, isVisible]);
  const members = useStore(store);
  const { log, position } = useStore(watch);
  if (members === undefined) return <p className="remark">Nobody is known to be in the room.</p>;
  const groups = groupMembers(members, log.momentsAt(position));
  return (
    <div className="members" data-testid="members">
      <p className="remark">{describeTotals(members)}</p>
      {groups.map((group) => (
        <Group key={group.state} group={group} />
      ))}
      {members.away.length > 0 && <Away users={members.away} />}
    </div>
  );
}

function Group({ group: { state, look, count, tiles } }: { readonly group: MemberGroup }): ReactNode {
  return (
    <section aria-label={`${state}: ${formatCount(count)}`}>
      <h3>
        <LookShape {...look} />
        {state} <span className="count">{formatCount(count)}</span>
      </h3>
      <ul className="tiles">
        {tiles.map((tile) => (
          <li key={tile.id}>
            <a
              href={hashOf({ kind: 'connection', id: tile.connection })}
              title={describeTile(tile, state)}
              aria-label={describeTile(tile, state)}
            >
              <LookShape {...(tile.isResting && look.shape === 'disc' ? { ...look, shape: 'ring' } : look)} />
              <span>{tile.user ?? shortenId(tile.connection).slice(0, NAME_LENGTH)}</span>
            </a>
          </li>
        ))}
        {count > tiles.length && <li className="more">and {formatCount(count - tiles.length)} more</li>}
      </ul>
    </section>
  );
}

function Away({ users }: { readonly users: readonly string[] }): ReactNode {
  return (
    <section aria-label={`away: ${formatCount(users.length)}`}>
      <h3>
        <LookShape tone="quiet" shape="ring" />
        away <span className="count">{formatCount(users.length)}</span>
      </h3>
      <ul className="tiles">
        {users.slice(0, MOST_AWAY).map((user) => (
          <li key={user}>
            <span className="tile">
              <LookShape tone="quiet" shape="ring" />
              <span>{user}</span>
            </span>
          </li>
        ))}
        {users.length > MOST_AWAY && (
          <li className="more">and {formatCount(users.length - MOST_AWAY)} more</li>
        )}
      </ul>
    </section>
  );
}

/** Of a connection's id, on a tile. */
const NAME_LENGTH = 8;
const MOST_AWAY = 100;

function describeTile({ connection, user, isResting }: MemberTile, state: string): string {
  const name = user === undefined ? shortenId(connection) : `${user} (${shortenId(connection)})`;
  return `${name}, ${state}${isResting ? ', resting' : ''}`;
}

function describeTotals({ total, away }: Members): string {
  const words = total === 1 ? '1 membership' : `${formatCount(total)} memberships`;
  return `${words}${away.length > 0 ? `; ${formatCount(away.length)} users are away` : ''}`;
}
