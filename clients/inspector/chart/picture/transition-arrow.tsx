/** An arrow from a state to another, with the texts of its transitions. */

import { type ReactNode, useCallback, useMemo, useRef, useState, useSyncExternalStore } from 'react';
import type { LayoutEdge, LayoutLabelLine } from '../../../../src/inspect/chart/chart-layout.ts';
import { useChart, useTaken } from './chart-context.ts';
import { ChartText } from './chart-text.tsx';
import { toHeadPath, toLinePath } from './edge-path.ts';

export function TransitionArrow({ edge }: { readonly edge: LayoutEdge }): ReactNode {
  const { source, target, points, label } = edge;
  const { store, dots } = useChart();
  const line = useRef<SVGSVGElement>(null);
  const [isPointedAt, setPointedAt] = useState(false);
  const isOfSelected = useSyncExternalStore(
    store.subscribe,
    () => store.isSelected(source) || store.isSelected(target),
  );
  useTaken(
    edge.transitions,
    line,
    useCallback(() => dots.send(points), [dots, points]),
  );

  const path = useMemo(() => toLinePath(points), [points]);
  const head = useMemo(() => toHeadPath(points), [points]);
  const stress = isPointedAt ? 'pointed' : isOfSelected ? 'selected' : undefined;
  return (
    <>
      <svg
        ref={line}
        className="chart-lines-layer chart-arrow"
        data-edge={edge.id}
        data-stress={stress}
        aria-hidden="true"
      >
        <path className="chart-arrow-line" d={path} />
        <path className="chart-arrow-head" d={head} />
      </svg>
      <div
        className="chart-label"
        style={{ left: label.x, top: label.y, width: label.width, height: label.height }}
        aria-hidden="true"
        data-stress={stress}
        onPointerEnter={() => setPointedAt(true)}
        onPointerLeave={() => setPointedAt(false)}
      >
        {label.lines.map((line) => (
          <LabelLine key={line.transition} line={line} />
        ))}
      </div>
    </>
  );
}

function LabelLine({ line }: { readonly line: LayoutLabelLine }): ReactNode {
  const { nameTransition } = useChart();
  const { transition, text } = line;
  const element = useRef<HTMLSpanElement>(null);
  const transitions = useMemo(() => [transition], [transition]);
  useTaken(transitions, element);
  return (
    <span ref={element} data-transition={transition} title={nameTransition(transition)}>
      <ChartText text={text} />
    </span>
  );
}
