/**
 * The chart of a machine, with the active states and the last transitions of an actor. All of it comes as props: it
 * is independent of the feed.
 */

import './chart.css';
import {
  type CSSProperties,
  type ReactNode,
  useCallback,
  useEffect,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
} from 'react';
import type { Chart, StatePath } from '../../../../src/inspect/chart/chart.ts';
import {
  CHART_FONT,
  LINE_HEIGHT,
  TEXT_SIZE,
  TITLE_SIZE,
} from '../../../../src/inspect/chart/text-metrics.ts';
import type { ChartLayout } from '../../../../src/inspect/chart/chart-layout.ts';
import { describeTransition, joinText } from '../../../../src/inspect/chart/transition-text.ts';
import { useElementSize } from '../../ui/hooks.ts';
import { ChartContext, type ChartContextValue } from './chart-context.ts';
import { ChartPicture } from './chart-picture.tsx';
import { createLitStates } from './lit-states.ts';
import { findLayout } from './prepared-layouts.ts';
import { createTakenPlayer } from './taken-player.ts';
import { createTravellingDots } from './travelling-dots.ts';

export interface ChartViewProps {
  readonly chart: Chart;
  /** The active states that have no active children. */
  readonly active: readonly StatePath[];
  /** The ids of the transitions that were taken last; they are played whenever `seq` changes. */
  readonly last: { readonly seq: number; readonly taken: readonly string[] } | undefined;
  /** Entry and exit actions, invoked actors, and the actions of transitions. */
  readonly showActions: boolean;
  readonly selected: StatePath | undefined;
  readonly onSelect: (path: StatePath) => void;
}

const FONT = {
  '--chart-font': CHART_FONT,
  '--chart-text': `${TEXT_SIZE}px`,
  '--chart-line': `${LINE_HEIGHT}px`,
  '--chart-title': `${TITLE_SIZE}px`,
} as CSSProperties;

/** Fills its parent element, which must have a height. */
export function ChartView(props: ChartViewProps): ReactNode {
  // Another machine has its own picture and viewport; another actor of the same machine keeps both.
  return <MachineView key={props.chart.machine} {...props} />;
}

function MachineView({ chart, active, last, showActions, selected, onSelect }: ChartViewProps): ReactNode {
  const [measure, size] = useElementSize();
  const state = useLayout(chart, showActions);
  const context = useChartContext(chart);
  const { store, player } = context;
  const select = useLatest(onSelect);
  const seen = useRef(last?.seq);

  useLayoutEffect(() => store.light(active), [store, active]);
  useLayoutEffect(() => store.select(selected), [store, selected]);
  useEffect(() => {
    if (last === undefined || last.seq === seen.current) return;
    seen.current = last.seq;
    player.take(last.taken);
  }, [player, last]);

  return (
    <div
      ref={measure}
      className="chart-view"
      style={FONT}
      data-chart={chart.machine}
      aria-busy={state.type === 'pending'}
    >
      {state.type === 'pending' && (
        <p className="chart-notice pending" role="status">
          Drawing the chart…
        </p>
      )}
      {state.type === 'failed' && (
        <p className="chart-notice" role="alert">
          The chart could not be drawn: {state.reason}
        </p>
      )}
      {state.type === 'ready' && size.width > 0 && (
        <ChartContext value={context}>
          <ChartPicture layout={state.layout} size={size} onSelect={select} />
        </ChartContext>
      )}
    </div>
  );
}

type LayoutState =
  | { readonly type: 'pending' }
  | { readonly type: 'ready'; readonly layout: ChartLayout }
  | { readonly type: 'failed'; readonly reason: string };

/** While the layout with actions is loading, the layout without them stays, and the other way round. */
function useLayout(chart: Chart, details: boolean): LayoutState {
  const [state, setState] = useState<LayoutState>({ type: 'pending' });
  useLayoutEffect(() => {
    let isCurrent = true;
    const show = (next: LayoutState): void => {
      if (isCurrent) setState(next);
    };
    findLayout(chart, { details }).then(
      (layout) => show({ type: 'ready', layout }),
      (error: unknown) => show({ type: 'failed', reason: String(error) }),
    );
    return () => {
      isCurrent = false;
    };
  }, [chart, details]);
  return state;
}

function useChartContext(chart: Chart): ChartContextValue {
  const [store] = useState(createLitStates);
  const [player] = useState(() => createTakenPlayer());
  const [dots] = useState(createTravellingDots);
  return useMemo(() => {
    const names = new Map(
      chart.transitions.map((transition) => [transition.id, joinText(describeTransition(transition, true))]),
    );
    return { store, player, dots, nameTransition: (id) => names.get(id) ?? '' };
  }, [chart, store, player, dots]);
}

/** A stable function that calls the newest one. */
function useLatest(callback: (path: StatePath) => void): (path: StatePath) => void {
  const latest = useRef(callback);
  useLayoutEffect(() => {
    latest.current = callback;
  });
  return useCallback((path) => latest.current(path), []);
}
