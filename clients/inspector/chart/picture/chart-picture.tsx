/** The picture of a chart that is laid out: it can be zoomed, moved and walked through with the keyboard. */

import {
  type FocusEvent,
  type KeyboardEvent,
  memo,
  type MouseEvent,
  type ReactNode,
  useMemo,
  useRef,
} from 'react';
import type { StatePath } from '../../../../src/inspect/chart/chart.ts';
import type { Box, ChartLayout, LayoutInitial, Point } from '../../../../src/inspect/chart/chart-layout.ts';
import { useGestures } from '../viewport/use-gestures.ts';
import { useViewport } from '../viewport/use-viewport.ts';
import { isFar, type Size } from '../viewport/viewport.ts';
import { useChart } from './chart-context.ts';
import { toHeadPath, toLinePath } from './edge-path.ts';
import { initialLeaves, toAbsoluteBoxes } from './layout-reading.ts';
import { PictureOverlay } from './picture-overlay.tsx';
import { StateBox } from './state-box.tsx';
import { stateAtKey } from './state-keys.ts';
import { TransitionArrow } from './transition-arrow.tsx';

interface ChartPictureProps {
  readonly layout: ChartLayout;
  /** Of the screen that the picture is given. */
  readonly size: Size;
  readonly onSelect: (path: StatePath) => void;
}

/** How far an arrow key moves the picture, in CSS pixels. */
const PAN_STEP = 64;
const PANS: Readonly<Record<string, Point>> = {
  ArrowLeft: { x: PAN_STEP, y: 0 },
  ArrowRight: { x: -PAN_STEP, y: 0 },
  ArrowUp: { x: 0, y: PAN_STEP },
  ArrowDown: { x: 0, y: -PAN_STEP },
};

export function ChartPicture({ layout, size, onSelect }: ChartPictureProps): ReactNode {
  const { store } = useChart();
  const pane = useRef<HTMLDivElement>(null);
  const boxes = useMemo(() => toAbsoluteBoxes(layout), [layout]);
  const moves = useViewport(layout, size, findFocus);
  const gestures = useGestures(pane, moves);
  const { x, y, zoom } = moves.viewport;

  return (
    <div
      className={`chart-screen${isFar(moves.viewport) ? ' far' : ''}`}
      role="application"
      aria-label={`Chart of ${layout.machine}`}
      tabIndex={0}
      onKeyDown={handleKey}
      onClick={handleClick}
      onFocus={handleFocus}
    >
      <div ref={pane} className="chart-pane" {...gestures}>
        <div
          className={`chart-canvas${moves.isJump ? ' jump' : ''}`}
          style={{ transform: `translate(${x}px, ${y}px) scale(${zoom})` }}
        >
          <Parts layout={layout} boxes={boxes} />
        </div>
      </div>
      <PictureOverlay picture={layout} screen={size} boxes={boxes} moves={moves} />
    </div>
  );

  /** The selected state, the active ones or, without any, the states in which an actor begins. */
  function findFocus(): Box[] {
    const selected = [...boxes].filter(([path]) => store.isSelected(path)).map(([, box]) => box);
    if (selected.length > 0) return selected;
    const active = [...boxes].filter(([path]) => store.activityOf(path) === 'leaf').map(([, box]) => box);
    return active.length > 0 ? active : initialLeaves(layout).flatMap((path) => boxes.get(path) ?? []);
  }

  function handleKey(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (actOnKey(event)) event.preventDefault();
  }

  /** Whether the key means anything here. With shift, arrows move the picture also from a state. */
  function actOnKey({ key, shiftKey, target }: KeyboardEvent): boolean {
    const path = pathOf(target);
    const pan = PANS[key];
    if (path !== undefined && !shiftKey) {
      const next = stateAtKey(layout.nodes, path, key);
      if (next !== undefined) focusState(next);
      // Where an arrow leads to no state, the page must not scroll instead.
      if (next !== undefined || pan !== undefined) return true;
    }
    if (pan !== undefined) moves.pan(pan);
    else if (key === '+' || key === '=') moves.zoom('in');
    else if (key === '-') moves.zoom('out');
    else if (key === 'f' || key === '0') moves.fit();
    else if (path !== undefined && (key === 'Enter' || key === ' ')) onSelect(path);
    else return false;
    return true;
  }

  function handleClick({ target }: MouseEvent): void {
    const path = pathOf(target);
    if (path !== undefined) onSelect(path);
  }

  function handleFocus({ target }: FocusEvent): void {
    const path = pathOf(target);
    const box = path === undefined ? undefined : boxes.get(path);
    if (path === undefined || box === undefined) return;
    store.stopAt(path);
    // A state that was focused with a pointer is in view already.
    if (target.matches(':focus-visible')) moves.reveal(box);
  }

  function focusState(path: StatePath): void {
    const element = pane.current?.querySelector<HTMLElement>(`[data-state="${CSS.escape(path)}"]`);
    element?.focus({ preventScroll: true });
  }
}

interface PartsProps {
  readonly layout: ChartLayout;
  readonly boxes: ReadonlyMap<StatePath, Box>;
}

/** Is drawn again only for another layout: each part itself subscribes to what is active, selected or taken. */
const Parts = memo(({ layout: { nodes, edges, initials }, boxes }: PartsProps): ReactNode => {
  const { dots } = useChart();
  return (
    <>
      {nodes.map((state) => (
        <StateBox key={state.path} state={state} box={boxes.get(state.path) ?? state} />
      ))}
      <svg className="chart-lines-layer" aria-hidden="true">
        {initials.map((initial) => (
          <InitialMarker key={initial.parent} initial={initial} />
        ))}
      </svg>
      {edges.map((edge) => (
        <TransitionArrow key={edge.id} edge={edge} />
      ))}
      <div ref={dots.attach} className="chart-dots" />
    </>
  );
});

/** The dot with an arrow that shows which child a state enters first. */
function InitialMarker({ initial: { target, dot, points } }: { readonly initial: LayoutInitial }): ReactNode {
  return (
    <g data-initial={target}>
      <circle cx={dot.x} cy={dot.y} r={4} />
      <path className="chart-arrow-line" d={toLinePath(points)} />
      <path className="chart-arrow-head" d={toHeadPath(points)} />
    </g>
  );
}

/** The state that an event is about, at its box or at the texts over it; undefined outside of all states. */
function pathOf(target: EventTarget): StatePath | undefined {
  if (!(target instanceof Element)) return undefined;
  return target.closest('.chart-node')?.querySelector<HTMLElement>('[data-state]')?.dataset['state'];
}
