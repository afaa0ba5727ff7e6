/**
 * The chart of a machine with what one of its actors is doing in it. It is told everything and asks for nothing:
 * it knows neither the feed nor the actor.
 */

import '@xyflow/react/dist/base.css';
import './chart.css';
import {
  type CSSProperties,
  type ReactNode,
  type RefObject,
  useCallback,
  useEffect,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
  useSyncExternalStore,
} from 'react';
import type { Chart, StatePath } from '../../../../src/inspect/chart/chart.ts';
import {
  CHART_FONT,
  LINE_HEIGHT,
  TEXT_SIZE,
  TITLE_SIZE,
} from '../../../../src/inspect/chart/text-metrics.ts';
import { describeTransition, joinText } from '../../../../src/inspect/chart/transition-text.ts';
import { ChartContext, type ChartContextValue } from './chart-context.ts';
import { createChartLayouts, type LayoutState } from '../layouts/chart-layouts.ts';
import { ChartPicture } from './chart-picture.tsx';
import { createChartStore } from './lit-states.ts';
import { findLayout } from '../layouts/prepared-layouts.ts';
import { createTakenPlayer } from './taken-player.ts';
import { createTravellingDots } from './travelling-dots.ts';
import type { Size } from '../viewport/viewport.ts';

export interface ChartViewProps {
  readonly chart: Chart;
  /** The active states that have no active children. */
  readonly active: readonly StatePath[];
  /** The ids of the transitions that were taken last; they are played whenever `seq` is another. */
  readonly last: { readonly seq: number; readonly taken: readonly string[] } | undefined;
  /** Entry and exit actions, invoked actors, and the actions of transitions. */
  readonly showActions: boolean;
  readonly selected?: StatePath;
  readonly onSelect: (path: StatePath) => void;
}

const layouts = createChartLayouts(findLayout);

const FONT = {
  '--chart-font': CHART_FONT,
  '--chart-text': `${TEXT_SIZE}px`,
  '--chart-line': `${LINE_HEIGHT}px`,
  '--chart-title': `${TITLE_SIZE}px`,
} as CSSProperties;

/** Fills the box that it stands in, which must have a height. */
export function ChartView(props: ChartViewProps): ReactNode {
  // Another machine is another picture, with a place of its own; another actor of the same machine is not.
  return <MachineView key={props.chart.machine} {...props} />;
}

function MachineView({ chart, active, last, showActions, selected, onSelect }: ChartViewProps): ReactNode {
  const frame = useRef<HTMLDivElement>(null);
  const size = useSize(frame);
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
      ref={frame}
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
      {state.type === 'ready' && size !== undefined && (
        <ChartContext value={context}>
          <ChartPicture layout={state.layout} size={size} onSelect={select} />
        </ChartContext>
      )}
    </div>
  );
}

/** While a picture with actions is being laid out, the one without stands in for it, and the other way round. */
function useLayout(chart: Chart, details: boolean): LayoutState {
  const subscribe = useCallback(
    (listener: () => void) => layouts.request(chart, details, listener),
    [chart, details],
  );
  return useSyncExternalStore(subscribe, () => {
    const wanted = layouts.peek(chart, details);
    const other = layouts.peek(chart, !details);
    return wanted.type === 'pending' && other.type === 'ready' ? other : wanted;
  });
}

function useChartContext(chart: Chart): ChartContextValue {
  const [store] = useState(createChartStore);
  const [player] = useState(() => createTakenPlayer());
  const [dots] = useState(createTravellingDots);
  return useMemo(() => {
    const names = new Map(
      chart.transitions.map((transition) => [transition.id, joinText(describeTransition(transition, true))]),
    );
    return { store, player, dots, nameTransition: (id) => names.get(id) ?? '' };
  }, [chart, store, player, dots]);
}

/** The size of an element's inside, undefined before it stands in the page. */
function useSize(element: RefObject<HTMLElement | null>): Size | undefined {
  const [size, setSize] = useState<Size>();
  useLayoutEffect(() => {
    if (element.current === null) return;
    const measured = element.current;
    const measure = (): void => {
      const { clientWidth: width, clientHeight: height } = measured;
      // A view that is hidden has no size: it keeps its place until it is shown again.
      if (width === 0 || height === 0) return;
      setSize((known) => (known?.width === width && known.height === height ? known : { width, height }));
    };
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(measured);
    return () => observer.disconnect();
  }, [element]);
  return size;
}

/** A function that stays the same and calls the newest. */
function useLatest(callback: (path: StatePath) => void): (path: StatePath) => void {
  const latest = useRef(callback);
  useLayoutEffect(() => {
    latest.current = callback;
  });
  return useCallback((path) => latest.current(path), []);
}
