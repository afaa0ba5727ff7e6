/** The place of the chart's picture. The code of the picture is large, and is loaded after the first paint. */

import { Component, lazy, Suspense, type ComponentProps, type ReactNode } from 'react';
import type { Chart } from '../../../src/inspect/chart/chart.ts';
import type { ChartView as ChartViewComponent } from './picture/chart-view.tsx';

const ChartView = lazy(async () => {
  const { ChartView } = await import('./picture/chart-view.tsx');
  return { default: ChartView };
});

type ChartSlotProps = Omit<ComponentProps<typeof ChartViewComponent>, 'chart'> & {
  /** Missing until the server has sent it. */
  readonly chart: Chart | undefined;
};

export function ChartSlot({ chart, ...rest }: ChartSlotProps): ReactNode {
  if (chart === undefined) return <p className="remark">The chart is loading…</p>;
  return (
    <div className="chart-slot" data-testid="chart">
      <ErrorBoundary key={chart.machine}>
        <Suspense fallback={<p className="remark">The picture is loading…</p>}>
          <ChartView chart={chart} {...rest} />
        </Suspense>
      </ErrorBoundary>
    </div>
  );
}

/** Contains an error of the picture: the list of states beside it shows the same chart. */
class ErrorBoundary extends Component<{ readonly children: ReactNode }, { readonly hasFailed: boolean }> {
  override state = { hasFailed: false };

  static getDerivedStateFromError(): { hasFailed: boolean } {
    return { hasFailed: true };
  }

  override render(): ReactNode {
    if (!this.state.hasFailed) return this.props.children;
    return <p className="remark">The picture could not be drawn. The list of states shows the same chart.</p>;
  }
}
