/** The buttons over a picture, for who has neither a wheel nor two fingers. */

import { Panel } from '@xyflow/react';
import type { ReactNode } from 'react';

interface ChartControlsProps {
  readonly onZoom: (direction: 'in' | 'out') => void;
  readonly onFit: () => void;
}

export function ChartControls({ onZoom, onFit }: ChartControlsProps): ReactNode {
  return (
    <Panel position="bottom-left" className="chart-controls">
      <button type="button" aria-label="Zoom in" aria-keyshortcuts="+" onClick={() => onZoom('in')}>
        <Icon path="M8 3v10M3 8h10" />
      </button>
      <button type="button" aria-label="Zoom out" aria-keyshortcuts="-" onClick={() => onZoom('out')}>
        <Icon path="M3 8h10" />
      </button>
      <button type="button" aria-label="Show all of the chart" aria-keyshortcuts="F" onClick={onFit}>
        <Icon path="M6 2H2v4M10 2h4v4M6 14H2v-4M10 14h4v-4" />
      </button>
    </Panel>
  );
}

function Icon({ path }: { readonly path: string }): ReactNode {
  return (
    <svg viewBox="0 0 16 16" aria-hidden="true">
      <path d={path} />
    </svg>
  );
}
