/** What lies over a picture: its buttons, and a small map when only a part of the picture is in view. */

import { memo, type PointerEvent, type ReactNode, useSyncExternalStore } from 'react';
import type { StatePath } from '../../../../src/inspect/chart/chart.ts';
import type { Box } from '../../../../src/inspect/chart/chart-layout.ts';
import type { ViewportMoves } from '../viewport/use-viewport.ts';
import { mapScale, type Size } from '../viewport/viewport.ts';
import { useChart } from './chart-context.ts';

interface PictureOverlayProps {
  readonly picture: Size;
  readonly screen: Size;
  readonly boxes: ReadonlyMap<StatePath, Box>;
  readonly moves: ViewportMoves;
}

export function PictureOverlay(props: PictureOverlayProps): ReactNode {
  return (
    <>
      <Overview {...props} />
      <Controls moves={props.moves} />
    </>
  );
}

/** How much of the picture's border may be out of view while the whole picture counts as visible, in CSS pixels. */
const SLACK = 16;

function Overview({ picture, screen, boxes, moves }: PictureOverlayProps): ReactNode {
  const { x, y, zoom } = moves.viewport;
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
    moves.centre({ x: (event.clientX - left) / scale, y: (event.clientY - top) / scale });
  };
  return (
    <div className="chart-overview">
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
    </div>
  );
}

const OverviewState = memo(({ path, box }: { readonly path: StatePath; readonly box: Box }): ReactNode => {
  const { store } = useChart();
  const activity = useSyncExternalStore(store.subscribe, () => store.activityOf(path));
  return <rect {...box} rx={20} data-activity={activity} />;
});

/** For a reader who has neither a wheel nor a touch screen. */
function Controls({ moves }: Pick<PictureOverlayProps, 'moves'>): ReactNode {
  return (
    <div className="chart-controls">
      <button type="button" aria-label="Zoom in" aria-keyshortcuts="+" onClick={() => moves.zoom('in')}>
        <Icon path="M8 3v10M3 8h10" />
      </button>
      <button type="button" aria-label="Zoom out" aria-keyshortcuts="-" onClick={() => moves.zoom('out')}>
        <Icon path="M3 8h10" />
      </button>
      <button
        type="button"
        aria-label="Show all of the chart"
        aria-keyshortcuts="F"
        onClick={() => moves.fit()}
      >
        <Icon path="M6 2H2v4M10 2h4v4M6 14H2v-4M10 14h4v-4" />
      </button>
    </div>
  );
}

function Icon({ path }: { readonly path: string }): ReactNode {
  return (
    <svg viewBox="0 0 16 16" aria-hidden="true">
      <path d={path} />
    </svg>
  );
}
