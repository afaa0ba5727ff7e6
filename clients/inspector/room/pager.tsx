/** Which part of a long list is shown, and buttons to the parts before and after it. */

import type { ReactNode } from 'react';
import { formatCount } from '../ui/format.ts';

interface PagerProps {
  /** What the items are: one, and several. */
  readonly nouns: readonly [one: string, several: string];
  readonly offset: number;
  /** Items on one page. */
  readonly limit: number;
  /** Undefined before it is known. */
  readonly total: number | undefined;
  readonly onOffset: (offset: number) => void;
}

export function Pager({ nouns, offset, limit, total, onOffset }: PagerProps): ReactNode {
  if (total === undefined) return <span className="quiet">…</span>;
  const label = total === 1 ? nouns[0] : nouns[1];
  const last = Math.min(offset + limit, total);
  const words =
    total <= limit && offset === 0
      ? `${formatCount(total)} ${label}`
      : `${formatCount(Math.min(offset + 1, total))}–${formatCount(last)} of ${formatCount(total)} ${label}`;
  return (
    <div className="pager">
      <span className="quiet" role="status">
        {words}
      </span>
      {(total > limit || offset > 0) && (
        <>
          <button
            type="button"
            aria-disabled={offset === 0}
            onClick={() => onOffset(Math.max(0, offset - limit))}
          >
            Previous
          </button>
          <button
            type="button"
            aria-disabled={last >= total}
            onClick={() => last < total && onOffset(offset + limit)}
          >
            Next
          </button>
        </>
      )}
    </div>
  );
}
