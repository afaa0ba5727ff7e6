/** The panes beside the chart of a watched actor: its states as a list, and its context at the shown moment. */

import { useEffect, type ReactNode } from 'react';
import type { StatePath } from '../../../src/inspect/chart/chart.ts';
import type { MachineName } from '../../../src/inspect/feed/feed-protocol.ts';
import { keyOf } from '../names/address.ts';
import type { MachineCharts } from '../chart/machine-charts.ts';
import { formatTime } from '../ui/format.ts';
import { useStore } from '../ui/hooks.ts';
import { JsonTree } from '../ui/json-tree.tsx';
import type { ActorMoment } from '../watch/moments.ts';
import { StateList } from '../chart/state-list.tsx';
import type { WatchStore, WatchView } from '../watch/watch-store.ts';

/** The watched actor at the moment that is shown. */
export function momentOf({ actor, log, position }: WatchView): ActorMoment | undefined {
  return log.momentsAt(position).get(keyOf(actor));
}

export function useChart(charts: MachineCharts, kind: MachineName) {
  const known = useStore(charts);
  useEffect(() => charts.want(kind), [charts, kind]);
  return known.get(kind);
}

interface StatesPanelProps {
  readonly watch: WatchStore;
  readonly charts: MachineCharts;
  readonly selected: StatePath | undefined;
  readonly onSelect: (path: StatePath) => void;
}

export function StatesPanel({ watch, charts, selected, onSelect }: StatesPanelProps): ReactNode {
  const view = useStore(watch);
  const chart = useChart(charts, watch.actor.kind);
  const moment = momentOf(view);
  return (
    <StateList
      chart={chart}
      active={moment?.states ?? []}
      taken={moment?.last?.item.taken ?? []}
      selected={selected}
      onSelect={onSelect}
    />
  );
}

export function ContextPanel({ watch }: { readonly watch: WatchStore }): ReactNode {
  const view = useStore(watch);
  const moment = momentOf(view);
  const context = moment?.told?.context;
  if (context === undefined) return <p className="remark">{explainNoContext(moment)}</p>;
  const { playback, log, position } = view;
  const at = log.entryAt(position)?.at;
  return (
    <>
      {playback.type !== 'live' && at !== undefined && (
        <p className="remark">As it was at {formatTime(at)}.</p>
      )}
      <JsonTree label="Context" value={context} />
    </>
  );
}

function explainNoContext(moment: ActorMoment | undefined): string {
  if (moment === undefined) return 'The actor is not known at this moment.';
  if (moment.status === 'resting') return 'A resting membership is only a record and has no context.';
  return 'The server did not send the context for this moment.';
}
