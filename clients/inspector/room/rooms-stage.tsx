/** All rooms of this server as a table: search, order, and what can be done to each. */

import { useCallback, useState, type ReactNode } from 'react';
import type { ActorSummary } from '../../../src/inspect/feed/feed-protocol.ts';
import { ActButton } from '../control/act-button.tsx';
import { askToClose, askToMute } from '../control/control-questions.ts';
import type { FeedClient } from '../feed/feed.ts';
import { hashOf } from '../names/address.ts';
import { describeRoom, MUTED_STATE } from '../names/room-words.ts';
import { KindShape } from '../names/shapes.tsx';
import type { Inspector } from '../session/inspector.ts';
import { useControl } from '../session/use-control.ts';
import { escapeControls } from '../ui/escape-controls.ts';
import { Check } from '../ui/fields.tsx';
import { formatCount } from '../ui/format.ts';
import { ActsList } from './acts-list.tsx';
import { Pager } from './pager.tsx';
import { SearchField } from './search-field.tsx';
import { usePolled } from './use-polled.ts';

const INTERVAL_MS = 2_000;
const PAGE = 50;

/** By what the table is sorted: the name, or a figure of rooms. */
const COLUMNS = [
  { sort: 'id', label: 'Room', style: undefined },
  { sort: 'members', label: 'Members', style: undefined },
  { sort: 'away', label: 'Away', style: 'detail' },
  { sort: 'offset', label: 'Offset', style: 'detail' },
] as const;

interface RoomsQuery {
  readonly search: string;
  readonly mutedOnly: boolean;
  readonly sort: (typeof COLUMNS)[number]['sort'];
  readonly descending: boolean;
  readonly offset: number;
}

const START: RoomsQuery = { search: '', mutedOnly: false, sort: 'members', descending: true, offset: 0 };

export function RoomsStage({ inspector }: { readonly inspector: Inspector }): ReactNode {
  const { client, announcer } = inspector;
  const [query, setQuery] = useState(START);
  const { search, mutedOnly, sort, descending, offset } = query;
  const { answer, error, refresh } = usePolled(
    inspector,
    {
      type: 'catalogue',
      kinds: ['room'],
      status: 'active',
      ...(search !== '' && { search }),
      ...(mutedOnly && { state: MUTED_STATE }),
      sort,
      descending,
      offset,
      limit: PAGE,
    },
    INTERVAL_MS,
  );
  const mayAct = useControl(inspector);
  const handleSearch = useCallback(
    (next: string) =>
      setQuery((before) => (before.search === next ? before : { ...before, search: next, offset: 0 })),
    [],
  );
  const { actors: rooms = [], total } = answer ?? {};
  return (
    <div className="rooms" data-testid="rooms">
      <header className="actor-header">
        <h2>
          <KindShape kind="room" />
          Rooms in memory
        </h2>
      </header>
      <div className="pane-head">
        <SearchField label="Search rooms by name" placeholder="name of a room" onSearch={handleSearch} />
        <Check
          checked={mutedOnly}
          onChange={(checked) => setQuery({ ...query, mutedOnly: checked, offset: 0 })}
        >
          muted only
        </Check>
        <Pager
          nouns={search === '' && !mutedOnly ? ['room', 'rooms'] : ['room found', 'rooms found']}
          offset={offset}
          limit={PAGE}
          total={total}
          onOffset={(next) => setQuery({ ...query, offset: next })}
        />
      </div>
      {error !== undefined && (
        <p className="remark error" role="alert">
          {error}
        </p>
      )}
      <div className="room-table" tabIndex={0} role="region" aria-label="Rooms as a table">
        <table>
          <thead>
            <tr>
              {COLUMNS.map((column) => (
                <th
                  key={column.sort}
                  scope="col"
                  className={column.style}
                  aria-sort={column.sort === sort ? (descending ? 'descending' : 'ascending') : 'none'}
                >
                  <button type="button" className="link" onClick={() => sortBy(column.sort)}>
                    {column.label}
                    <span aria-hidden="true">{column.sort === sort ? (descending ? ' ↓' : ' ↑') : ''}</span>
                  </button>
                </th>
              ))}
              <th scope="col">State</th>
              {mayAct && (
                <th scope="col" className="acts">
                  Acts
                </th>
              )}
            </tr>
          </thead>
          <tbody>
            {rooms.map((room) => (
              <Row key={`${room.node ?? ''} ${room.id}`} {...{ client, room, mayAct }} onDone={handleDone} />
            ))}
          </tbody>
        </table>
      </div>
      <ActsList inspector={inspector} />
    </div>
  );

  /** The row, with its dialog and the answer in it, may be gone. */
  function handleDone(): void {
    announcer.announce('Done.');
    refresh();
  }

  /** Names begin with A, numbers with the largest; a second press turns the order. */
  function sortBy(next: RoomsQuery['sort']): void {
    const turned = next === sort ? !descending : next !== 'id';
    setQuery({ ...query, sort: next, descending: turned, offset: 0 });
  }
}

interface RowProps {
  readonly client: FeedClient;
  readonly room: ActorSummary;
  readonly mayAct: boolean;
  readonly onDone: () => void;
}

function Row({ client, room, mayAct, onDone }: RowProps): ReactNode {
  const { id, states, figures, node } = room;
  const actor = { kind: 'room', id } as const;
  const name = escapeControls(id);
  const isMuted = states.includes(MUTED_STATE);
  return (
    <tr>
      <th scope="row">
        {node === undefined ? <a href={hashOf(actor, 'members')}>{name}</a> : name}
        {node !== undefined && <span className="quiet"> on {escapeControls(node)}</span>}
      </th>
      {COLUMNS.slice(1).map(({ sort, style }) => (
        <td key={sort} className={style}>
          {formatCount(figures[sort] ?? 0)}
        </td>
      ))}
      <td>
        <span className={isMuted ? 'muted' : 'quiet'}>{describeRoom(room)}</span>
      </td>
      {mayAct && (
        <td className="acts">
          {node === undefined && (
            <>
              <ActButton
                client={client}
                actor={actor}
                question={askToMute(id, isMuted)}
                about={name}
                onDone={onDone}
              />
              <ActButton
                client={client}
                actor={actor}
                question={askToClose(id)}
                about={name}
                onDone={onDone}
              />
            </>
          )}
        </td>
      )}
    </tr>
  );
}
