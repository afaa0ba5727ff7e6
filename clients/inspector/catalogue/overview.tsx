/** The first view: all machines, and how many actors are in each of their states. */

import type { ReactNode } from 'react';
import type { CatalogueMessage, MachineName } from '../../../src/inspect/feed/feed-protocol.ts';
import { hashOf, MACHINE_NAMES, toHash } from '../names/address.ts';
import type { CatalogueStore } from './catalogue-store.ts';
import { CountHistory } from './count-history.ts';
import { formatCount } from '../ui/format.ts';
import { useStore } from '../ui/hooks.ts';
import { pluralOf, singularOf } from '../names/kind-words.ts';
import { KindShape } from '../names/shapes.tsx';
import { Sparkline } from './sparkline.tsx';

export function Overview({ catalogue }: { readonly catalogue: CatalogueStore }): ReactNode {
  const { counts } = useStore(catalogue);
  return (
    <div className="overview" data-testid="overview">
      <header className="actor-header">
        <h2>State machines of this server</h2>
        <p className="quiet">
          Every actor runs a statechart. Choose an actor to watch it live, or open a chart to see all its
          states.
        </p>
      </header>
      <ul className="cards">
        {MACHINE_NAMES.map((kind) => (
          <KindCard key={kind} kind={kind} counts={counts} catalogue={catalogue} />
        ))}
      </ul>
    </div>
  );
}

interface KindCardProps {
  readonly kind: MachineName;
  readonly counts: CatalogueMessage['counts'] | undefined;
  readonly catalogue: CatalogueStore;
}

function KindCard({ kind, counts, catalogue }: KindCardProps): ReactNode {
  const { total, states = {}, failed = 0 } = counts?.[kind] ?? {};
  const shown = Object.entries(states).sort(([a], [b]) => (a < b ? -1 : 1));
  const { history } = catalogue;
  return (
    <li className="card">
      <h3>
        <KindShape kind={kind} />
        {pluralOf(kind)}
        <span className="count">{total === undefined ? '…' : formatCount(total)}</span>
      </h3>
      <p className="links">
        <a href={toHash({ type: 'machine', kind })}>
          chart<span className="visually-hidden"> of a {singularOf(kind)}</span>
        </a>
        {kind === 'server' && <a href={hashOf({ kind, id: 'server' })}>watch</a>}
        {kind === 'room' && (
          <a href={toHash({ type: 'rooms' })}>
            table<span className="visually-hidden"> of all rooms</span>
          </a>
        )}
        {total !== undefined && total > 0 && (
          <button
            type="button"
            className="link"
            onClick={() => catalogue.setQuery({ kinds: [kind], state: '', status: '', sort: '' })}
          >
            list<span className="visually-hidden"> the {pluralOf(kind)}</span>
          </button>
        )}
        {failed > 0 && (
          <button
            type="button"
            className="link failed"
            onClick={() => catalogue.setQuery({ kinds: [kind], state: '', status: 'failed', sort: '' })}
          >
            {formatCount(failed)} failed
          </button>
        )}
      </p>
      {total === 0 && <p className="remark">none now</p>}
      {shown.length > 0 && (
        <ul className="state-counts" aria-label={`States of ${pluralOf(kind)}`}>
          {shown.map(([state, count]) => (
            <li key={state}>
              <button
                type="button"
                onClick={() => catalogue.setQuery({ kinds: [kind], state, status: '', sort: '' })}
              >
                <span className="bar" style={{ inlineSize: `${(100 * count) / Math.max(1, total ?? 1)}%` }} />
                <span className="name" title={state}>
                  {state}
                </span>
                <Sparkline samples={history.samplesOf(CountHistory.nameOf(kind, state))} />
                <span className="count">{formatCount(count)}</span>
              </button>
            </li>
          ))}
        </ul>
      )}
    </li>
  );
}
