/** The middle pane of a kind of actors: the chart of its machine, also without a running actor. */

import { useState, type ReactNode } from 'react';
import type { StatePath } from '../../../src/inspect/chart/chart.ts';
import type { MachineName } from '../../../src/inspect/feed/feed-protocol.ts';
import type { CatalogueStore } from '../catalogue/catalogue-store.ts';
import { ChartSlot } from '../chart/chart-slot.tsx';
import { ChartTools } from '../chart/chart-tools.tsx';
import { formatCount } from '../ui/format.ts';
import { useStore } from '../ui/hooks.ts';
import type { Inspector } from '../session/inspector.ts';
import { pluralOf, singularOf } from '../names/kind-words.ts';
import { KindShape } from '../names/shapes.tsx';
import { StateList } from '../chart/state-list.tsx';
import { useChart } from './watch-panels.tsx';

interface MachineStageProps {
  readonly inspector: Inspector;
  readonly kind: MachineName;
  readonly selected: StatePath | undefined;
  readonly onSelect: (path: StatePath) => void;
}

const NOTHING_ACTIVE: readonly StatePath[] = [];

export function MachineStage({ inspector, kind, selected, onSelect }: MachineStageProps): ReactNode {
  const chart = useChart(inspector.charts, kind);
  const [showActions, setShowActions] = useState(false);
  return (
    <>
      <header className="actor-header">
        <div className="title">
          <h2 data-testid="actor-title">
            <KindShape kind={kind} />
            <span className="kind">chart of a {singularOf(kind)}</span>
          </h2>
        </div>
        <p className="quiet">{chart?.root.description}</p>
        <StateFilter catalogue={inspector.catalogue} kind={kind} selected={selected} />
      </header>
      <div className="tabs stage-tabs">
        <div className="tab-bar">
          <h3>Chart</h3>
          {chart !== undefined && (
            <ChartTools
              chart={chart}
              getActive={() => NOTHING_ACTIVE}
              showActions={showActions}
              onShowActions={setShowActions}
              announce={(text) => inspector.announcer.announce(text)}
            />
          )}
        </div>
        <div className="tab-panel">
          <ChartSlot
            chart={chart}
            active={NOTHING_ACTIVE}
            last={undefined}
            showActions={showActions}
            selected={selected}
            onSelect={onSelect}
          />
        </div>
      </div>
    </>
  );
}

/** Lists the actors that are in the selected state. */
function StateFilter({
  catalogue,
  kind,
  selected,
}: {
  readonly catalogue: CatalogueStore;
  readonly kind: MachineName;
  readonly selected: StatePath | undefined;
}): ReactNode {
  const { counts } = useStore(catalogue);
  const total = counts?.[kind].total ?? 0;
  const show = (state: StatePath): void => catalogue.setQuery({ kinds: [kind], state, sort: '' });
  return (
    <p className="standing">
      <span className="figure">
        {pluralOf(kind)} <b>{formatCount(total)}</b>
      </span>
      <button type="button" className="link" onClick={() => show(selected ?? '')}>
        {selected === undefined || selected === '' ? 'List them' : `List those in ${selected}`}
      </button>
    </p>
  );
}

export function MachineStates({ inspector, kind, selected, onSelect }: MachineStageProps): ReactNode {
  const chart = useChart(inspector.charts, kind);
  const { counts } = useStore(inspector.catalogue);
  return (
    <StateList
      chart={chart}
      active={NOTHING_ACTIVE}
      taken={NOTHING_ACTIVE}
      counts={counts?.[kind].states}
      selected={selected}
      onSelect={onSelect}
    />
  );
}
