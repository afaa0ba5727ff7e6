/** Who is in a room, on any node: a table with what is told of each member, and what can be done to it. */

import { useCallback, useState, type ReactNode } from 'react';
import type { PresentView } from '../../../src/inspect/feed/feed-protocol.ts';
import { formatDuration } from '../../shared/duration.ts';
import { ActButton } from '../control/act-button.tsx';
import { askToDisconnect, askToEndPresence, askToKick } from '../control/control-questions.ts';
import type { FeedClient } from '../feed/feed.ts';
import { hashOf } from '../names/address.ts';
import { shortenId } from '../names/kind-words.ts';
import type { Inspector } from '../session/inspector.ts';
import { useControl } from '../session/use-control.ts';
import { escapeControls } from '../ui/escape-controls.ts';
import { formatDate } from '../ui/format.ts';
import { useNow } from '../ui/hooks.ts';
import { JsonData } from './json-data.tsx';
import { Pager } from './pager.tsx';
import { SearchField } from './search-field.tsx';
import { usePolled } from './use-polled.ts';

/** A large room is walked through for each question. */
const INTERVAL_MS = 3_000;
const PAGE = 50;
const TICK_MS = 1_000;

interface PresenceTableProps {
  readonly inspector: Inspector;
  readonly room: string;
}

export function PresenceTable({ inspector, room }: PresenceTableProps): ReactNode {
  const { client, announcer } = inspector;
  const [query, setQuery] = useState({ search: '', offset: 0 });
  const { search, offset } = query;
  const { answer, error, refresh } = usePolled(
    inspector,
    { type: 'presence', room, ...(search !== '' && { search }), offset, limit: PAGE },
    INTERVAL_MS,
  );
  const mayAct = useControl(inspector);
  const handleSearch = useCallback(
    (next: string) => setQuery((before) => (before.search === next ? before : { search: next, offset: 0 })),
    [],
  );
  const { members = [], total } = answer ?? {};
  const hasInfo = members.some(({ info, roomInfo }) => info !== undefined || roomInfo !== undefined);
  return (
    <section className="presence" aria-label="Presence" data-testid="presence">
      <div className="pane-head">
        <h3>Presence</h3>
        <SearchField label="Search members by id or user" placeholder="id or user" onSearch={handleSearch} />
        <Pager
          nouns={search === '' ? ['member', 'members'] : ['found', 'found']}
          offset={offset}
          limit={PAGE}
          total={total}
          onOffset={(next) => setQuery({ search, offset: next })}
        />
      </div>
      {error !== undefined && (
        <p className="remark error" role="alert">
          {error}
        </p>
      )}
      {members.length > 0 && (
        <div className="room-table" tabIndex={0} role="region" aria-label="Members as a table">
          <table>
            <thead>
              <tr>
                <th scope="col">Member</th>
                <th scope="col" className="detail">
                  Connection
                </th>
                <th scope="col">State</th>
                <th scope="col" className="detail">
                  Joined
                </th>
                {hasInfo && <th scope="col">Info</th>}
                {mayAct && (
                  <th scope="col" className="acts">
                    Acts
                  </th>
                )}
              </tr>
            </thead>
            <tbody>
              {members.map((member) => (
                <Row
                  key={`${member.id} ${member.awaySince ?? ''}`}
                  {...{ client, room, member, hasInfo, mayAct }}
                  onDone={handleDone}
                />
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );

  /** The row, with its dialog and the answer in it, may be gone. */
  function handleDone(): void {
    announcer.announce('Done.');
    refresh();
  }
}

interface RowProps {
  readonly client: FeedClient;
  readonly room: string;
  readonly member: PresentView;
  readonly hasInfo: boolean;
  readonly mayAct: boolean;
  readonly onDone: () => void;
}

function Row({ client, room, member, hasInfo, mayAct, onDone }: RowProps): ReactNode {
  const { id, user, joinedAt, awaySince, isOutside = false } = member;
  const name = user === undefined ? shortenId(id) : escapeControls(user);
  const isAway = awaySince !== undefined;
  const membership = { kind: 'membership', id: `${id}@${room}` } as const;
  return (
    <tr>
      <th scope="row">{user === undefined ? <span className="quiet">no user</span> : name}</th>
      <td className="detail">
        {isAway || isOutside ? (
          <code className="quiet">{shortenId(id)}</code>
        ) : (
          <a href={hashOf({ kind: 'connection', id })}>
            <code>{shortenId(id)}</code>
          </a>
        )}
      </td>
      <td>{isAway ? <AwayFor since={awaySince} /> : isOutside ? 'from outside' : 'joined'}</td>
      <td className="detail">
        <time dateTime={new Date(joinedAt).toISOString()}>{formatDate(joinedAt)}</time>
      </td>
      {hasInfo && (
        <td className="info">
          <Info member={member} />
        </td>
      )}
      {mayAct && (
        <td className="acts">
          {isOutside ? (
            <ActButton
              client={client}
              actor={{ kind: 'room', id: room }}
              question={askToEndPresence(id, name)}
              about={name}
              onDone={onDone}
            />
          ) : (
            <ActButton
              client={client}
              actor={membership}
              question={askToKick(name)}
              about={name}
              onDone={onDone}
            />
          )}
          {!isAway && !isOutside && (
            <ActButton
              client={client}
              actor={{ kind: 'connection', id }}
              question={askToDisconnect(id)}
              about={name}
              onDone={onDone}
            />
          )}
        </td>
      )}
    </tr>
  );
}

/** Only the rows of those who are away change by themselves. */
function AwayFor({ since }: { readonly since: number }): ReactNode {
  const now = useNow(TICK_MS);
  return (
    <>
      away for <time title={formatDate(since)}>{formatDuration(now - since)}</time>
    </>
  );
}

/** Of the user, and what its join has said of it in this room. */
function Info({ member: { info, roomInfo } }: { readonly member: PresentView }): ReactNode {
  return (
    <>
      {info !== undefined && <JsonData value={info} />}
      {roomInfo !== undefined && (
        <>
          <span className="quiet">in this room</span> <JsonData value={roomInfo} />
        </>
      )}
    </>
  );
}
