/** The members of a room: a tile for each, in groups by state. */

import { useEffect, useMemo, type ReactNode } from 'react';
import { hashOf } from '../names/address.ts';
import type { FeedClient } from '../feed/feed.ts';
import { escapeControls } from '../ui/escape-controls.ts';
import { formatCount } from '../ui/format.ts';
import { useDocumentVisible, useStore } from '../ui/hooks.ts';
import { shortenId } from '../names/kind-words.ts';
import { groupAway, groupMembers, type MemberGroup, type MemberTile } from './member-groups.ts';
import { MembersStore, type Members } from './members-store.ts';
import { LookShape, type Look } from '../names/shapes.tsx';
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
  if (members === undefined) return <p className="remark">No members are known.</p>;
  const groups = groupMembers(members, log.momentsAt(position));
  return (
    <div className="members" data-testid="members">
      <p className="remark">{describeTotals(members)}</p>
      {groups.map((group) => (
        <Group key={group.state} group={group} />
      ))}
      {members.away.length > 0 && <Group group={groupAway(members.away)} />}
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
            <Tile tile={tile} state={state} look={look} />
          </li>
        ))}
        {count > tiles.length && <li className="more">and {formatCount(count - tiles.length)} more</li>}
      </ul>
    </section>
  );
}

interface TileProps {
  readonly tile: MemberTile;
  readonly state: string;
  readonly look: Look;
}

function Tile({ tile, state, look }: TileProps): ReactNode {
  const { connection, user, isResting } = tile;
  const content = (
    <>
      <LookShape {...(isResting && look.shape === 'disc' ? { ...look, shape: 'ring' } : look)} />
      <span>{user === undefined ? shortenId(tile.id).slice(0, NAME_LENGTH) : escapeControls(user)}</span>
    </>
  );
  if (connection === undefined) return <span className="tile">{content}</span>;
  const words = `${nameMember(connection, user)}, ${state}${isResting ? ', resting' : ''}`;
  return (
    <a href={hashOf({ kind: 'connection', id: connection })} title={words} aria-label={words}>
      {content}
    </a>
  );
}

/** Of a connection's id, on a tile. */
const NAME_LENGTH = 8;

function nameMember(connection: string, user: string | undefined): string {
  return user === undefined ? shortenId(connection) : `${escapeControls(user)} (${shortenId(connection)})`;
}

function describeTotals({ total, away }: Members): string {
  const words = total === 1 ? '1 membership' : `${formatCount(total)} memberships`;
  if (away.length === 0) return words;
  return `${words}; ${away.length === 1 ? '1 user is' : `${formatCount(away.length)} users are`} away`;
}
