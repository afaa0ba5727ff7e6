/** The dots with arrows that show which child a state enters first. */

import { memo, type ReactNode } from 'react';
import type { LayoutInitial } from '../../../../src/inspect/chart/chart-layout.ts';
import { toHeadPath, toLinePath } from './edge-path.ts';

export const InitialMarkers = memo(
  ({ initials }: { readonly initials: readonly LayoutInitial[] }): ReactNode => (
    <svg className="chart-initials" aria-hidden="true">
      {initials.map(({ parent, target, dot, points }) => (
        <g key={parent} data-initial={target}>
          <circle cx={dot.x} cy={dot.y} r={4} />
          <path className="chart-arrow-line" d={toLinePath(points)} />
          <path className="chart-arrow-head" d={toHeadPath(points)} />
        </g>
      ))}
    </svg>
  ),
);
