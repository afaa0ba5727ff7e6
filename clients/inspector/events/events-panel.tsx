/** The last events of the watched actor, newest first, with the details of one of them. */

import { useMemo, useState, type ReactNode } from 'react';
import type { FeedObject, MachineName } from '../../../src/inspect/feed/feed-protocol.ts';
import type { Charts } from '../chart/machine-charts.ts';
import { keyOf } from '../names/address.ts';
import { EventDetail, type EventContexts } from './event-detail.tsx';
import { createAcceptance, NO_FILTER, type EventFilter } from './event-filter.ts';
import type { EventNames } from './event-names.ts';
import { EventFold, rowAt, type EventRow } from './event-rows.ts';
import { FilterFields } from './filter-fields.tsx';
import { formatCount, formatTime } from '../ui/format.ts';
import { Check } from '../ui/fields.tsx';
import { useStore } from '../ui/hooks.ts';
import { describeGap, describeOther, describeParty } from './party-words.ts';
import { VirtualList } from '../ui/virtual-list.tsx';
import type { SeenLog } from '../watch/seen-log.ts';
import type { WatchStore } from '../watch/watch-store.ts';

const ROW_HEIGHT = 38;

interface EventsPanelProps {
  readonly watch: WatchStore;
  readonly charts: Charts;
  readonly names: EventNames;
  readonly filter: EventFilter;
  readonly onFilter: (filter: EventFilter) => void;
}

export function EventsPanel({ watch, charts, names, filter, onFilter }: EventsPanelProps): ReactNode {
  const view = useStore(watch);
  const [isOfAll, setOfAll] = useState(false);
  const { position, playback } = view;
  const key = keyOf(watch.actor);
  const fold = useMemo(() => {
    const accepts = createAcceptance(filter);
    return new EventFold({
      names,
      accepts: (entry, name) => (isOfAll || entry.key === key) && accepts(entry, name),
    });
  }, [names, filter, isOfAll, key]);
  // A live log stays the same object while it grows. The view is new each time.
  const rows = useMemo(() => fold.of(view.log), [fold, view]);
  const now = rowAt(rows, position);
  const at = (row: number): EventRow | undefined => rows[rows.length - 1 - row];
  const goTo = (row: number): void => watch.goTo(at(row)?.position ?? position);
  const shown = rows[now];
  return (
    <section className="events" aria-label="Last events">
      <div className="pane-head">
        <h2>Events</h2>
        <FilterFields what="events" filter={filter} onFilter={onFilter} />
        <Check checked={isOfAll} onChange={setOfAll}>
          related
        </Check>
      </div>
      {rows.length === 0 && (
        <p className="remark">{filter === NO_FILTER ? 'No events yet.' : 'No event matches the filter.'}</p>
      )}
      <VirtualList
        label="Events, newest first"
        total={rows.length}
        rowHeight={ROW_HEIGHT}
        active={now === -1 ? -1 : rows.length - 1 - now}
        follow={playback.type === 'live' ? 'in-sight' : 'always'}
        onActive={goTo}
        onChoose={goTo}
        keyOf={(row) => at(row)?.first ?? row}
        rowClass={(row) => ((at(row)?.first ?? 0) > position ? 'future' : at(row)?.what.type)}
        render={(row) => <EventLines row={at(row)} isOfAll={isOfAll} />}
      />
      {playback.type !== 'live' && (
        <EventDetail
          row={shown}
          chart={shown && charts.get(kindOf(shown))}
          contexts={contextsOf(view.log, shown)}
        />
      )}
    </section>
  );
}

function kindOf({ what }: EventRow): MachineName {
  return what.type === 'gap' ? 'server' : what.actor.kind;
}

/** What the server has told of the actor of a row before it, and after it until the actor's next event. */
function contextsOf(log: SeenLog, row: EventRow | undefined): EventContexts {
  if (row === undefined) return [undefined, undefined];
  const { first, position, key } = row;
  const next = log
    .slice(position + 1)
    .find((entry) => entry.key === key && entry.what.type === 'transition')?.position;
  const contextAt = (at: number): FeedObject | undefined => log.momentsAt(at).get(key)?.told?.context;
  return [contextAt(first - 1), contextAt(next === undefined ? log.last : next - 1)];
}

function EventLines({
  row,
  isOfAll,
}: {
  readonly row: EventRow | undefined;
  readonly isOfAll: boolean;
}): ReactNode {
  if (row === undefined) return null;
  const { what, at, name, entered, count } = row;
  if (what.type === 'gap') return <span className="line gap">{describeGap({ ...what, count })}</span>;
  const isIgnored = what.type === 'transition' && what.taken.length === 0;
  return (
    <>
      <span className="line">
        <span className={`name ${what.type}${isIgnored ? ' ignored' : ''}`}>{name}</span>
        {count > 1 && <span className="times">×{formatCount(count)}</span>}
        {isIgnored && <span className="quiet">ignored</span>}
        <time>{formatTime(at)}</time>
      </span>
      <span className="line quiet">
        <span className="other">
          {isOfAll && `${describeParty(what.actor)} `}
          {describeOther(what)}
        </span>
        {entered.length > 0 && <span className="to-states">→ {entered.map(leafOf).join(' · ')}</span>}
      </span>
    </>
  );
}

/** The last two parts of a path are enough to recognise it. */
function leafOf(path: string): string {
  return path.split('.').slice(-2).join('.');
}
