/** A state: its box, its name, and the lines of what it runs and does. */

import { type CSSProperties, memo, type ReactNode, useMemo, useRef, useSyncExternalStore } from 'react';
import type { Box, LayoutLine, LayoutNode } from '../../../../src/inspect/chart/chart-layout.ts';
import { measureText, TITLE_SIZE } from '../../../../src/inspect/chart/text-metrics.ts';
import { useChart, useTaken } from './chart-context.ts';
import type { Activity } from './lit-states.ts';
import { ChartText } from './chart-text.tsx';

/** Rounding can make a text this much wider than measured, in CSS pixels. It must not end with an ellipsis then. */
const TEXT_SLACK = 1;

interface StateBoxProps {
  readonly state: LayoutNode;
  /** Its place in the picture. */
  readonly box: Box;
}

export function StateBox({ state, box }: StateBoxProps): ReactNode {
  const { store } = useChart();
  const { path } = state;
  const activity = useSyncExternalStore(store.subscribe, () => store.activityOf(path));
  const isSelected = useSyncExternalStore(store.subscribe, () => store.isSelected(path));
  const isTabStop = useSyncExternalStore(store.subscribe, () => store.isTabStop(path));
  const isActive = activity !== 'none';
  return (
    <div className="chart-node" style={{ left: box.x, top: box.y, width: box.width, height: box.height }}>
      <div
        className={toClassName(state)}
        role="button"
        tabIndex={isTabStop ? 0 : -1}
        aria-label={describe(state, activity)}
        aria-pressed={isSelected}
        data-state={path}
        data-active={isActive}
        data-activity={activity}
      >
        <span className="chart-title" style={toTitleStyle(state)} title={state.description}>
          {state.key}
          <span className="chart-mark" />
        </span>
      </div>
      <StateLines lines={state.lines} />
    </div>
  );
}

/** They are beside the box and not in it: a screen reader reads the content of a button as its name only. */
const StateLines = memo(({ lines }: { readonly lines: readonly LayoutLine[] }): ReactNode => {
  if (lines.length === 0) return null;
  return (
    <ul className="chart-lines">
      {lines.map((line) => (
        <StateLine key={`${line.kind} ${line.transition ?? line.y}`} line={line} />
      ))}
    </ul>
  );
});

function StateLine({ line }: { readonly line: LayoutLine }): ReactNode {
  const { nameTransition } = useChart();
  const { kind, transition, text, x, y, width, height } = line;
  const element = useRef<HTMLLIElement>(null);
  const transitions = useMemo(() => (transition === undefined ? [] : [transition]), [transition]);
  useTaken(transitions, element);
  return (
    <li
      ref={element}
      className={`chart-line ${kind}`}
      style={{ left: x, top: y, width: width + TEXT_SLACK, height }}
      data-transition={transition}
      title={transition === undefined ? undefined : nameTransition(transition)}
    >
      <ChartText text={text} />
    </li>
  );
}

function toClassName({ type, isRegion, lines }: LayoutNode): string {
  const classes = ['chart-state'];
  if (isRegion) classes.push('region');
  if (type === 'final') classes.push('final');
  if (type === 'compound' || type === 'parallel') classes.push('outer');
  else if (lines.length === 0) classes.push('plain');
  return classes.join(' ');
}

/** At small zoom a name is as large as its bar allows; all other texts are too small to read anyway. */
function toTitleStyle({ key, width, titleHeight }: LayoutNode): CSSProperties {
  const widest = Math.max(TITLE_SIZE, width / (measureText(key, 100) / 100) - 1);
  const style = {
    '--chart-title-height': `${titleHeight}px`,
    '--chart-far-title': `${Math.min(widest, titleHeight - 4)}px`,
  };
  return style as CSSProperties;
}

function describe({ key, type, isRegion, description }: LayoutNode, activity: Activity): string {
  const kind = isRegion ? 'region' : type === 'final' ? 'final state' : 'state';
  const name = `${key}, ${kind}, ${activity === 'none' ? 'not active' : 'active'}`;
  return description === '' ? name : `${name}. ${description}`;
}
