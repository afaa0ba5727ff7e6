/** The details of one event: its data, the transitions taken, the actions run. */

import type { ReactNode } from 'react';
import type { EventRow } from './event-rows.ts';
import { formatTime } from '../ui/format.ts';
import { JsonTree } from '../ui/json-tree.tsx';
import { describeGap, describeOther, describeParty } from './party-words.ts';

export function EventDetail({ row }: { readonly row: EventRow | undefined }): ReactNode {
  if (row === undefined) return null;
  const { what, at, name, entered, count } = row;
  if (what.type === 'gap') return <div className="event-detail">{describeGap({ ...what, count })}</div>;
  return (
    <div className="event-detail" data-testid="event-detail" role="group" aria-label="Event">
      <p>
        <strong>{name}</strong> <time>{formatTime(at)}</time>
      </p>
      <p className="quiet">
        {describeParty(what.actor)} {describeOther(what)}
      </p>
      {'error' in what && what.error !== undefined && <p className="error">{what.error}</p>}
      {what.type === 'transition' && (
        <>
          <Names label="took" names={what.taken.map(nameTransition)} none="no transition: ignored" />
          <Names label="ran" names={what.actions} />
          <Names label="entered" names={entered} />
          {Object.keys(what.event.data).length > 0 && <JsonTree label="Data" value={what.event.data} />}
        </>
      )}
    </div>
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
