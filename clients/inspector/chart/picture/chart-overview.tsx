/** A small map of the whole picture with the part that is seen of it, for when that is not all; to be pointed at. */

import { Panel, useStore } from '@xyflow/react';
import { memo, type PointerEvent, type ReactNode, useSyncExternalStore } from 'react';
import type { StatePath } from '../../../../src/inspect/chart/chart.ts';
import type { Box, Point } from '../../../../src/inspect/chart/chart-layout.ts';
import { useChart } from './chart-context.ts';
import { mapScale, type Size } from '../viewport/viewport.ts';

interface ChartOverviewProps {
  readonly picture: Size;
  readonly screen: Size;
  readonly boxes: ReadonlyMap<StatePath, Box>;
  readonly onCentre: (point: Point) => void;
}

/** What may be cut off of a picture's border and not be missed, in CSS pixels. */
const SLACK = 16;

export function ChartOverview({ picture, screen, boxes, onCentre }: ChartOverviewProps): ReactNode {
  const [x, y, zoom] = useStore(({ transform }) => transform);
  const scale = mapScale(picture, screen);
  const isAllSeen =
    x >= -SLACK &&
    y >= -SLACK &&
    x + picture.width * zoom <= screen.width + SLACK &&
    y + picture.height * zoom <= screen.height + SLACK;
  if (scale === undefined || isAllSeen) return null;

  const point = (event: PointerEvent<SVGSVGElement>): void => {
    if (event.buttons === 0) return;
    const { left, top } = event.currentTarget.getBoundingClientRect();
    onCentre({ x: (event.clientX - left) / scale, y: (event.clientY - top) / scale });
  };
  return (
    <Panel position="top-right" className="chart-overview">
      <svg
        width={picture.width * scale}
        height={picture.height * scale}
        viewBox={`0 0 ${picture.width} ${picture.height}`}
        aria-hidden="true"
        onPointerDown={(event) => {
          event.currentTarget.setPointerCapture(event.pointerId);
          point(event);
        }}
        onPointerMove={point}
      >
        {[...boxes].map(([path, box]) => (
          <OverviewState key={path} path={path} box={box} />
        ))}
        <rect
          className="chart-overview-view"
          x={-x / zoom}
          y={-y / zoom}
          width={screen.width / zoom}
          height={screen.height / zoom}
        />
      </svg>
    </Panel>
  );
}

const OverviewState = memo(({ path, box }: { readonly path: StatePath; readonly box: Box }): ReactNode => {
  const { store } = useChart();
  const activity = useSyncExternalStore(store.subscribe, () => store.activityOf(path));
  return <rect {...box} rx={20} data-activity={activity} />;
});
