/** The latest uses of the control, of all pages of this server. */

import type { ReactNode } from 'react';
import type { ActRecord } from '../../../src/inspect/feed/feed-protocol.ts';
import { shortenId } from '../names/kind-words.ts';
import type { Inspector } from '../session/inspector.ts';
import { formatDate, toWords } from '../ui/format.ts';
import { usePolled } from './use-polled.ts';

const INTERVAL_MS = 3_000;
const MOST_ACTS = 20;

interface ActsListProps {
  readonly inspector: Inspector;
  /** Only those in this room. */
  readonly room?: string;
}

export function ActsList({ inspector, room }: ActsListProps): ReactNode {
  const { answer } = usePolled(inspector, { type: 'acts', ...(room !== undefined && { room }) }, INTERVAL_MS);
  const acts = answer?.acts.slice(0, MOST_ACTS) ?? [];
  return (
    <section className="acts-list" aria-label="Latest acts" data-testid="acts">
      <div className="pane-head">
        <h3>Latest acts</h3>
        <span className="quiet">what pages of the inspector did; the log of the server has all</span>
      </div>
      {acts.length === 0 ? (
        <p className="remark">None since the server was started.</p>
      ) : (
        <ol>
          {acts.map((act, index) => (
            <Act key={acts.length - index} act={act} />
          ))}
        </ol>
      )}
    </section>
  );
}

function Act({ act: { at, act, target, remoteAddress, outcome } }: { readonly act: ActRecord }): ReactNode {
  return (
    <li>
      <time dateTime={new Date(at).toISOString()}>{formatDate(at)}</time>
      <b>{toWords(act)}</b>
      <span className="target">{shortenId(target)}</span>
      <span className="quiet">from {remoteAddress}</span>
      <span className={`outcome ${outcome}`}>{outcome}</span>
    </li>
  );
}
