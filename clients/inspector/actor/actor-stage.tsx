/** The middle pane of a watched actor: its header, and its chart, its members or its history. */

import { useState, type ReactNode } from 'react';
import type { StatePath } from '../../../src/inspect/chart/chart.ts';
import { hashOf, isActorView, keyOf, type ActorView } from '../names/address.ts';
import { ActorHeader } from './actor-header.tsx';
import { ChartSlot } from '../chart/chart-slot.tsx';
import { ChartTools } from '../chart/chart-tools.tsx';
import { ControlBar } from '../control/control-bar.tsx';
import type { EventNames } from '../events/event-names.ts';
import { HistoryPanel } from './history-panel.tsx';
import { useStore } from '../ui/hooks.ts';
import type { Inspector } from '../session/inspector.ts';
import { MembersPanel } from './members-panel.tsx';
import { isAlive } from '../watch/moments.ts';
import { MessagesPanel } from '../room/messages-panel.tsx';
import { PresenceTable } from '../room/presence-table.tsx';
import { RulesPanel } from '../room/rules-panel.tsx';
import { useControl } from '../session/use-control.ts';
import { Tabs, type Tab } from '../ui/tabs.tsx';
import { TakenSince } from './taken-since.ts';
import { momentOf, useChart } from './watch-panels.tsx';
import type { WatchStore } from '../watch/watch-store.ts';

interface ActorStageProps {
  readonly inspector: Inspector;
  readonly watch: WatchStore;
  readonly names: EventNames;
  readonly view: ActorView | undefined;
  readonly selected: StatePath | undefined;
  readonly onSelect: (path: StatePath) => void;
}

export function ActorStage(props: ActorStageProps): ReactNode {
  const { inspector, watch, names, view = 'chart' } = props;
  const { client, link, announcer } = inspector;
  const { actor } = watch;
  const [showActions, setShowActions] = useState(false);
  const mayAct = useControl(inspector);
  const { welcome } = client;
  const isLiving = useLiveliness(watch);
  const chart = useChart(inspector.charts, actor.kind);
  const tabs: Tab[] = [
    {
      id: 'chart',
      label: 'Chart',
      content: <WatchedChart {...props} showActions={showActions} />,
    },
    ...(actor.kind === 'room'
      ? [
          {
            id: 'members',
            label: 'Members',
            content: (
              <>
                <PresenceTable inspector={inspector} room={actor.id} />
                <MembersPanel client={client} watch={watch} />
              </>
            ),
          },
          {
            id: 'messages',
            label: 'Messages',
            content: <MessagesPanel inspector={inspector} room={actor.id} />,
          },
          { id: 'rules', label: 'Rules', content: <RulesPanel inspector={inspector} room={actor.id} /> },
        ]
      : []),
    {
      id: 'history',
      label: 'History',
      content: (
        <HistoryPanel
          client={client}
          link={link}
          actor={actor}
          names={names}
          announce={(text) => announcer.announce(text)}
        />
      ),
    },
  ];
  return (
    <>
      <ActorHeader watch={watch}>
        {mayAct && isLiving && welcome !== undefined && (
          <ControlBar client={client} welcome={welcome} watch={watch} />
        )}
      </ActorHeader>
      <FailureHint watch={watch} isShown={view !== 'history'} />
      <Tabs
        label="Views of the actor"
        className="stage-tabs"
        tabs={tabs}
        chosen={view}
        onChoose={(id) => (location.hash = hashOf(actor, isActorView(id) ? id : undefined))}
        beside={
          chart !== undefined &&
          view === 'chart' && (
            <ChartTools
              chart={chart}
              getActive={() => momentOf(watch.getView())?.states ?? []}
              showActions={showActions}
              onShowActions={setShowActions}
              announce={(text) => announcer.announce(text)}
            />
          )
        }
      />
    </>
  );
}

/** Whether the actor is alive now, whatever moment is shown. */
function useLiveliness(watch: WatchStore): boolean {
  const { state, actor, log } = useStore(watch);
  const now = log.momentsAt(log.last).get(keyOf(actor));
  return state.type === 'watching' && now !== undefined && isAlive(now.status);
}

type WatchedChartProps = ActorStageProps & { readonly showActions: boolean };

function WatchedChart(props: WatchedChartProps): ReactNode {
  const { inspector, watch, selected, onSelect, showActions } = props;
  const view = useStore(watch);
  const chart = useChart(inspector.charts, watch.actor.kind);
  const [taken] = useState(() => new TakenSince(watch.actor));
  const last = taken.at(view);
  return (
    <ChartSlot
      chart={chart}
      active={momentOf(view)?.states ?? []}
      last={last}
      showActions={showActions}
      selected={selected}
      onSelect={onSelect}
    />
  );
}

/** A link to the history of an actor that has failed or is gone. */
function FailureHint({
  watch,
  isShown,
}: {
  readonly watch: WatchStore;
  readonly isShown: boolean;
}): ReactNode {
  const view = useStore(watch);
  const isGone = view.state.type === 'refused' || momentOf(view)?.status === 'failed';
  if (!isGone || !isShown) return null;
  return (
    <p className="failure-hint">
      <a href={hashOf(watch.actor, 'history')}>What happened before?</a>
    </p>
  );
}
