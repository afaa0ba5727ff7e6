/** What the stream of a room keeps, the latest first, and a form that publishes in the room. */

import { useState, type ReactNode } from 'react';
import type { PublicationView } from '../../../src/inspect/feed/feed-protocol.ts';
import { ActButton } from '../control/act-button.tsx';
import { askToRemoveHistory } from '../control/control-questions.ts';
import { hashOf } from '../names/address.ts';
import { shortenId } from '../names/kind-words.ts';
import type { Inspector } from '../session/inspector.ts';
import { useControl } from '../session/use-control.ts';
import { escapeControls } from '../ui/escape-controls.ts';
import { formatCount, formatDate } from '../ui/format.ts';
import { JsonData } from './json-data.tsx';
import { PublishForm } from './publish-form.tsx';
import { usePolled } from './use-polled.ts';

const INTERVAL_MS = 2_000;
const PAGE = 20;

interface StreamPosition {
  readonly offset: number;
  readonly epoch: string;
}

interface MessagesPanelProps {
  readonly inspector: Inspector;
  readonly room: string;
}

export function MessagesPanel({ inspector, room }: MessagesPanelProps): ReactNode {
  const { client, announcer } = inspector;
  /** Only what is older than this is shown. */
  const [before, setBefore] = useState<StreamPosition>();
  const { answer, error, refresh } = usePolled(
    inspector,
    { type: 'publications', room, ...(before !== undefined && { before }), limit: PAGE },
    INTERVAL_MS,
  );
  const mayAct = useControl(inspector);
  const { publications = [], hasOlder = false, offset, epoch } = answer ?? {};
  const oldest = publications.at(-1)?.offset;
  return (
    <div className="kept-messages" data-testid="messages">
      {mayAct && (
        <PublishForm
          client={client}
          room={room}
          onDone={() => {
            announcer.announce('The message is published.');
            setBefore(undefined);
            refresh();
          }}
        />
      )}
      <div className="pane-head">
        <h3>Kept messages</h3>
        {offset !== undefined && (
          <span className="quiet" data-testid="position">
            offset <b>{formatCount(offset)}</b>, epoch <code>{epoch}</code>
          </span>
        )}
        <button type="button" aria-disabled={before === undefined} onClick={() => setBefore(undefined)}>
          Latest
        </button>
        <button
          type="button"
          aria-disabled={!hasOlder}
          onClick={() => {
            if (hasOlder && oldest !== undefined && epoch !== undefined) setBefore({ offset: oldest, epoch });
          }}
        >
          Older
        </button>
        {mayAct && (
          <ActButton
            client={client}
            actor={{ kind: 'room', id: room }}
            question={askToRemoveHistory(room)}
            onDone={refresh}
          />
        )}
      </div>
      {error !== undefined && (
        <p className="remark error" role="alert">
          {error}
        </p>
      )}
      {answer !== undefined && publications.length === 0 && (
        <p className="remark">
          {before === undefined
            ? 'The stream of this room keeps no messages now. The setting history of a room says how many are kept.'
            : 'No older messages are kept.'}
        </p>
      )}
      {publications.length > 0 && (
        <ol className="publications" aria-label="Kept messages, the latest first">
          {publications.map((publication) => (
            <Message key={publication.offset} publication={publication} />
          ))}
        </ol>
      )}
    </div>
  );
}

function Message({ publication }: { readonly publication: PublicationView }): ReactNode {
  const { offset, time, data, tags, from } = publication;
  return (
    <li>
      <p className="about">
        <b>#{formatCount(offset)}</b>
        <time dateTime={new Date(time).toISOString()}>{formatDate(time)}</time>
        <span>
          {from === undefined ? (
            <span className="quiet">from the server</span>
          ) : (
            <>
              from{' '}
              <a href={hashOf({ kind: 'connection', id: from.id })}>
                {from.user === undefined ? shortenId(from.id) : escapeControls(from.user)}
              </a>
            </>
          )}
        </span>
      </p>
      <JsonData value={data} />
      {tags !== undefined && (
        <p className="tags">
          <span className="quiet">tags</span> <code>{escapeControls(JSON.stringify(tags))}</code>
        </p>
      )}
    </li>
  );
}
