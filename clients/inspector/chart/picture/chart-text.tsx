/** A line of text in a chart, with a style for each of its parts. */

import type { ReactNode } from 'react';
import type { LayoutText } from '../../../../src/inspect/chart/chart-layout.ts';

export function ChartText({ text }: { readonly text: LayoutText }): ReactNode {
  return text.map(({ role, text }) => (
    <span key={role} className={`chart-${role}`}>
      {text}
    </span>
  ));
}
