/** The place of the chart's picture, which is large and comes after the first paint. */

import { Component, lazy, Suspense, type ComponentProps, type ReactNode } from 'react';
import type { ChartView as ChartViewComponent } from './picture/chart-view.tsx';

const ChartView = lazy(async () => {
  const { ChartView } = await import('./picture/chart-view.tsx');
  return { default: ChartView };
});

export function ChartSlot(props: ComponentProps<typeof ChartViewComponent>): ReactNode {
  return (
    <div className="chart-slot" data-testid="chart">
      <Containment key={props.chart.machine}>
        <Suspense fallback={<p className="remark">The picture is on its way…</p>}>
          <ChartView {...props} />
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
