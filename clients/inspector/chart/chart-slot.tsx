/** The place of the chart's picture, which is large and comes after the first paint. */

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
      <Containment key={chart.machine}>
        <Suspense fallback={<p className="remark">The picture is loading…</p>}>
          <ChartView chart={chart} {...rest} />
        </Suspense>
      </Containment>
    </div>
  );
}

/** A picture that cannot be drawn costs the picture: the list of states beside it tells the same. */
class Containment extends Component<{ readonly children: ReactNode }, { readonly hasFailed: boolean }> {
  override state = { hasFailed: false };

  static getDerivedStateFromError(): { hasFailed: boolean } {
    return { hasFailed: true };
  }

  override render(): ReactNode {
    if (!this.state.hasFailed) return this.props.children;
    return <p className="remark">The picture could not be drawn. The list of states tells the same.</p>;
  }
}
