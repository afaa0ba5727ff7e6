/** The kinds of actors with their counts: each is a filter of the list, with a link to its chart. */

import type { ReactNode } from 'react';
import type { MachineName } from '../../../src/inspect/feed/feed-protocol.ts';
import { MACHINE_NAMES, toHash } from '../names/address.ts';
import type { CatalogueView } from './catalogue-store.ts';
import { CountHistory } from './count-history.ts';
import { formatCount } from '../ui/format.ts';
import { pluralOf, singularOf } from '../names/kind-words.ts';
import { KindShape, LookShape } from '../names/shapes.tsx';
import { Sparkline } from './sparkline.tsx';

interface KindListProps {
  readonly view: CatalogueView;
  readonly history: CountHistory;
  readonly onToggle: (kind: MachineName) => void;
}

export function KindList({ view: { query, counts }, history, onToggle }: KindListProps): ReactNode {
  return (
    <ul className="kinds" aria-label="Kinds">
      {MACHINE_NAMES.map((kind) => {
        const { total, failed = 0 } = counts?.[kind] ?? {};
        return (
          <li key={kind}>
            <button
              type="button"
              className="kind"
              aria-pressed={query.kinds.includes(kind)}
              data-testid={`kind-${kind}`}
              onClick={() => onToggle(kind)}
            >
              <KindShape kind={kind} />
              <span className="name">{pluralOf(kind)}</span>
              {failed > 0 && (
                <span className="failed">
                  <LookShape tone="bad" shape="cross" />
                  {formatCount(failed)}
                  <span className="visually-hidden"> failed</span>
                </span>
              )}
              <Sparkline samples={history.samplesOf(CountHistory.nameOf(kind))} />
              <span className="count">{total === undefined ? '…' : formatCount(total)}</span>
            </button>
            {kind === 'room' && (
              <a href={toHash({ type: 'rooms' })} aria-label="Table of all rooms">
                table
              </a>
            )}
            <a href={toHash({ type: 'machine', kind })} aria-label={`Chart of a ${singularOf(kind)}`}>
              chart
            </a>
          </li>
        );
      })}
    </ul>
  );
}
