/** What can be done with a chart: show its actions, copy it. */

import type { ReactNode } from 'react';
import type { Chart, StatePath } from '../../../src/inspect/chart/chart.ts';
import { CHART_FORMS, writeChart } from './chart-copies.ts';
import { Check } from '../ui/fields.tsx';
import { CopyButton } from '../ui/copy-button.tsx';

interface ChartToolsProps {
  readonly chart: Chart;
  /** Read when a picture is copied: the states that are marked as active in it. */
  readonly getActive: () => readonly StatePath[];
  readonly showActions: boolean;
  readonly onShowActions: (showActions: boolean) => void;
  readonly announce: (text: string) => void;
}

export function ChartTools(props: ChartToolsProps): ReactNode {
  const { chart, getActive, showActions, onShowActions, announce } = props;
  return (
    <div className="chart-tools">
      <Check checked={showActions} onChange={onShowActions}>
        actions
      </Check>
      <span className="copies" role="group" aria-label="Copy the chart as">
        <span className="quiet" aria-hidden="true">
          copy as
        </span>
        {CHART_FORMS.map((form) => (
          <CopyButton
            key={form}
            label={form}
            what={`The chart as ${form}`}
            getText={() => writeChart(chart, form, { active: getActive(), details: showActions })}
            announce={announce}
          />
        ))}
      </span>
    </div>
  );
}
