/** The line of a count over the last minutes. An ornament: the count is always told in words beside it. */

import type { ReactNode } from 'react';
import type { Sample } from './count-history.ts';
import { toSparklinePath } from './sparkline-path.ts';

const WIDTH = 72;
const HEIGHT = 16;

export function Sparkline({ samples }: { readonly samples: readonly Sample[] }): ReactNode {
  return (
    <svg className="sparkline" viewBox={`-1 -1 ${WIDTH + 2} ${HEIGHT + 2}`} aria-hidden="true">
      <path d={toSparklinePath(samples, WIDTH, HEIGHT)} />
    </svg>
  );
}
