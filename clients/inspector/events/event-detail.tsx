/** The details of one event: its error, the transitions taken, the guards asked, what changed in the context, its data. */

import type { ReactNode } from 'react';
import type { Chart } from '../../../src/inspect/chart/chart.ts';
import type { FeedObject } from '../../../src/inspect/feed/feed-protocol.ts';
import { toHash } from '../names/address.ts';
import { escapeControls } from '../ui/escape-controls.ts';
import { findAskedGuards, type AskedGuard } from './asked-guards.ts';
import { findChanges, type ChangedField } from './changed-fields.ts';
import type { EventRow } from './event-rows.ts';
import { formatTime } from '../ui/format.ts';
import { JsonTree } from '../ui/json-tree.tsx';
import { describeGap, describeOther, describeParty } from './party-words.ts';

/** The contexts that the server has told before and after an event, as far as they are known. */
export type EventContexts = readonly [before: FeedObject | undefined, after: FeedObject | undefined];

interface EventDetailProps {
  readonly row: EventRow | undefined;
  /** Of the machine that it happened to; undefined until it is loaded. */
  readonly chart: Chart | undefined;
  readonly contexts: EventContexts;
}

export function EventDetail({ row, chart, contexts: [before, after] }: EventDetailProps): ReactNode {
  if (row === undefined) return null;
  const { what, at, name, entered, count } = row;
  if (what.type === 'gap') return <div className="event-detail">{describeGap({ ...what, count })}</div>;
  return (
    <div className="event-detail" data-testid="event-detail" role="group" aria-label="Event">
      {'error' in what && what.error !== undefined && (
        <p className="error" role="alert">
          {what.error}{' '}
          <a href={toHash({ type: 'problems', search: what.actor.id })}>problems of this actor</a>
        </p>
      )}
      <p>
        <strong>{name}</strong> <time>{formatTime(at)}</time>
      </p>
      <p className="quiet">
        {describeParty(what.actor)} {describeOther(what)}
      </p>
      {what.type === 'transition' && (
        <>
          <Names label="took" names={what.taken.map(nameTransition)} none="no transition: ignored" />
          {chart !== undefined && <Guards guards={findAskedGuards(chart, what.taken)} />}
          <Names label="ran" names={what.actions} />
          <Names label="entered" names={entered} />
          {before !== undefined && after !== undefined && <Changes changes={findChanges(before, after)} />}
          {Object.keys(what.event.data).length > 0 && <JsonTree label="Data" value={what.event.data} />}
        </>
      )}
    </div>
  );
}

function Guards({ guards }: { readonly guards: readonly AskedGuard[] }): ReactNode {
  return (
    <Names
      label="guards"
      names={guards.map(({ name, holds }) => `${name} ${holds ? 'holds' : 'does not hold'}`)}
    />
  );
}

function Changes({ changes }: { readonly changes: readonly ChangedField[] }): ReactNode {
  if (changes.length === 0) return null;
  return (
    <ul className="changes" aria-label="Changes of the context">
      {changes.map(({ path, before, after }) => (
        <li key={path}>
          <code>{path}</code>
          {before !== undefined && <del>{escapeControls(before)}</del>}
          {after !== undefined && <ins>{escapeControls(after)}</ins>}
        </li>
      ))}
    </ul>
  );
}

function Names(props: {
  readonly label: string;
  readonly names: readonly string[];
  readonly none?: string;
}): ReactNode {
  const { label, names, none } = props;
  if (names.length === 0) return none === undefined ? null : <p className="quiet">{none}</p>;
  return (
    <p className="names">
      <span className="label">{label}</span> {names.join(', ')}
    </p>
  );
}

/** A transition's id of the chart as text, such as `active.occupancy.empty (2.)`. */
function nameTransition(id: string): string {
  const [source = '', descriptor = '', index = '0'] = id.split('|');
  const place = source === '' ? 'root' : source;
  const turn = index === '0' ? '' : ` (${Number(index) + 1}.)`;
  return `${place}${descriptor === '' ? ' always' : ''}${turn}`;
}
