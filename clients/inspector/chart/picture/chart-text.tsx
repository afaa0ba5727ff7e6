/** A line of text in a chart, its parts set apart. It goes on with an ellipsis where a font is too wide for its box. */

import type { ReactNode } from 'react';
import type { LayoutText } from '../../../../src/inspect/chart/chart-layout.ts';

export function ChartText({ text }: { readonly text: LayoutText }): ReactNode {
  return text.map(({ role, text }) => (
    <span key={role} className={`chart-${role}`}>
      {text}
    </span>
  ));
}
