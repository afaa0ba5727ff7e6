/** The picture of a chart that has been laid out: it is zoomed, moved and walked through, and never laid out anew. */

import {
  type EdgeTypes,
  type NodeTypes,
  ReactFlow,
  ReactFlowProvider,
  useStore,
  ViewportPortal,
} from '@xyflow/react';
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
import type { Box, ChartLayout } from '../../../../src/inspect/chart/chart-layout.ts';
import { useChart } from './chart-context.ts';
import { ChartControls } from '../viewport/chart-controls.tsx';
import { ChartOverview } from './chart-overview.tsx';
import { toAbsoluteBoxes, toFlowEdges, toFlowNodes } from './flow-elements.ts';
import { initialLeaves } from './initial-leaves.ts';
import { InitialMarkers } from './initial-markers.tsx';
import { StateBox } from './state-box.tsx';
import { stateAtKey } from './state-keys.ts';
import { TransitionArrow } from './transition-arrow.tsx';
import { useViewport } from '../viewport/use-viewport.ts';
import { isFar, MAX_ZOOM, MIN_ZOOM, type Size } from '../viewport/viewport.ts';

interface ChartPictureProps {
  readonly layout: ChartLayout;
  /** Of the screen that the picture is given. */
  readonly size: Size;
  readonly onSelect: (path: StatePath) => void;
}

const NODE_TYPES: NodeTypes = { state: StateBox };
const EDGE_TYPES: EdgeTypes = { transition: TransitionArrow };

/** How far an arrow key moves the picture, in CSS pixels. */
const PAN_STEP = 64;
const PANS: Readonly<Record<string, readonly [x: number, y: number]>> = {
  ArrowLeft: [PAN_STEP, 0],
  ArrowRight: [-PAN_STEP, 0],
  ArrowUp: [0, PAN_STEP],
  ArrowDown: [0, -PAN_STEP],
};

/** Is drawn again only for another layout or another size: what is lit or played is told to the parts themselves. */
export const ChartPicture = memo((props: ChartPictureProps): ReactNode => (
  <ReactFlowProvider>
    <Picture {...props} />
  </ReactFlowProvider>
));

function Picture({ layout, size, onSelect }: ChartPictureProps): ReactNode {
  const { store, dots } = useChart();
  const screen = useRef<HTMLDivElement>(null);
  const nodes = useMemo(() => toFlowNodes(layout), [layout]);
  const edges = useMemo(() => toFlowEdges(layout), [layout]);
  const boxes = useMemo(() => toAbsoluteBoxes(layout), [layout]);
  const moves = useViewport(layout, size, findFocus);
  const isFarAway = useStore(({ transform: [x, y, zoom] }) => isFar({ x, y, zoom }));

  return (
    <ReactFlow
      ref={screen}
      className={isFarAway ? 'far' : ''}
      nodes={nodes}
      edges={edges}
      nodeTypes={NODE_TYPES}
      edgeTypes={EDGE_TYPES}
      defaultViewport={moves.initial}
      minZoom={MIN_ZOOM}
      maxZoom={MAX_ZOOM}
      zIndexMode="manual"
      nodesDraggable={false}
      nodesConnectable={false}
      nodesFocusable={false}
      edgesFocusable={false}
      elementsSelectable={false}
      disableKeyboardA11y
      deleteKeyCode={null}
      selectionKeyCode={null}
      multiSelectionKeyCode={null}
      panActivationKeyCode={null}
      zoomActivationKeyCode={null}
      zoomOnDoubleClick={false}
      onMoveStart={moves.noteMove}
      tabIndex={0}
      aria-label={`Chart of ${layout.machine}`}
      onKeyDown={handleKey}
      onClick={handleClick}
      onFocus={handleFocus}
    >
      <ViewportPortal>
        <InitialMarkers initials={layout.initials} />
        <div ref={dots.attach} className="chart-dots" />
      </ViewportPortal>
      <ChartOverview picture={layout} screen={size} boxes={boxes} onCentre={moves.centre} />
      <ChartControls onZoom={moves.zoom} onFit={moves.fit} />
    </ReactFlow>
  );

  /** What is going on, or, where nothing is, where it begins. */
  function findFocus(): Box[] {
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
      // At the end of a way the page is not scrolled instead.
      if (next !== undefined || pan !== undefined) return true;
    }
    if (pan !== undefined) moves.pan(...pan);
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
    // Who points at a state sees it.
    if (target.matches(':focus-visible')) moves.reveal(box);
  }

  function focusState(path: StatePath): void {
    const element = screen.current?.querySelector<HTMLElement>(`[data-state="${CSS.escape(path)}"]`);
    element?.focus({ preventScroll: true });
  }
}

/** The state that an event is about, at its box or at the lines over it; undefined beside all states. */
function pathOf(target: EventTarget): StatePath | undefined {
  if (!(target instanceof Element)) return undefined;
  const node = target.closest('.react-flow__node');
  return node?.querySelector<HTMLElement>('[data-state]')?.dataset['state'];
}
