/** The left pane: kinds with live counts, search and filters, and the list of actors. */

import { memo, useEffect, useState, type ReactNode } from 'react';
import type { ActorAddress, ActorStatus, MachineName } from '../../../src/inspect/feed/feed-protocol.ts';
import { ActorList } from './actor-list.tsx';
import {
  EVERYBODY,
  type CatalogueQuery,
  type CatalogueStore,
  type CatalogueView,
} from './catalogue-store.ts';
import { toHash } from '../names/address.ts';
import { formatCount, toWords } from '../ui/format.ts';
import { Select } from '../ui/fields.tsx';
import { useStore } from '../ui/hooks.ts';
import { KindList } from './kind-list.tsx';
import { sortsOf, statesToFilter } from './catalogue-options.ts';

/** The search starts after a pause in the typing. */
const TYPING_MS = 150;

const STATUSES: readonly ActorStatus[] = ['active', 'resting', 'failed', 'done'];

interface CatalogueProps {
  readonly catalogue: CatalogueStore;
  readonly shown: ActorAddress | undefined;
}

export const Catalogue = memo(function Catalogue({ catalogue, shown }: CatalogueProps): ReactNode {
  const view = useStore(catalogue);
  const { query } = view;
  const change = (part: Partial<CatalogueQuery>): void => catalogue.setQuery(part);
  return (
    <div className="catalogue">
      <p className="problems-link">
        <a href={toHash({ type: 'problems' })}>Problems of the last hour</a>
      </p>
      <KindList
        view={view}
        history={catalogue.history}
        onToggle={(kind) => change(toggleKind(query, kind))}
      />
      <Filters view={view} onChange={change} />
      <p className="found" data-testid="found">
        {describeFound(view)}
        {query !== EVERYBODY && isFiltered(query) && (
          <button type="button" className="link" onClick={() => change(EVERYBODY)}>
            Show all
          </button>
        )}
      </p>
      <ActorList catalogue={catalogue} view={view} shown={shown} />
    </div>
  );
});

function Filters({
  view: { query, counts, rows },
  onChange,
}: {
  readonly view: CatalogueView;
  readonly onChange: (part: Partial<CatalogueQuery>) => void;
}): ReactNode {
  return (
    <div className="filters" role="search" aria-label="Actors">
      <SearchField search={query.search} onSearch={(search) => onChange({ search })} />
      <Select label="State" value={query.state} onChange={(state) => onChange({ state })}>
        <option value="">any</option>
        {statesToFilter(query, counts).map(({ state, count, depth }) => (
          <option key={state} value={state}>
            {'\u00a0'.repeat(2 * depth)}
            {state}
            {count !== undefined && ` (${formatCount(count)})`}
          </option>
        ))}
      </Select>
      <Select
        label="Status"
        value={query.status}
        onChange={(status) => onChange({ status: status as ActorStatus | '' })}
      >
        <option value="">any</option>
        {STATUSES.map((status) => (
          <option key={status}>{status}</option>
        ))}
      </Select>
      <Select label="Sort" value={query.sort} onChange={(sort) => onChange({ sort })}>
        <option value="">kind, id</option>
        {sortsOf(query, rows).map((sort) => (
          <option key={sort} value={sort}>
            {toWords(sort)}
          </option>
        ))}
      </Select>
      <button
        type="button"
        className="direction"
        aria-pressed={query.descending}
        onClick={() => onChange({ descending: !query.descending })}
      >
        <span aria-hidden="true">{query.descending ? '↓' : '↑'}</span>
        <span className="visually-hidden">Descending</span>
      </button>
    </div>
  );
}

function SearchField({
  search,
  onSearch,
}: {
  readonly search: string;
  readonly onSearch: (search: string) => void;
}): ReactNode {
  const [text, setText] = useState(search);
  const [told, setTold] = useState(search);
  // When the query is changed elsewhere, the field takes over its text.
  if (search !== told) {
    setTold(search);
    setText(search);
  }
  useEffect(() => {
    if (text.trim() === search) return;
    const timer = setTimeout(() => {
      setTold(text.trim());
      onSearch(text.trim());
    }, TYPING_MS);
    return () => clearTimeout(timer);
  }, [text, search, onSearch]);
  return (
    <label className="search">
      <span className="visually-hidden">Search by id or user</span>
      <input
        type="search"
        placeholder="id or user"
        value={text}
        onChange={({ target }) => setText(target.value)}
      />
    </label>
  );
}

function toggleKind({ kinds }: CatalogueQuery, kind: MachineName): Partial<CatalogueQuery> {
  const next = kinds.includes(kind) ? kinds.filter((other) => other !== kind) : [...kinds, kind];
  // States and figures belong to a kind.
  return { kinds: next, state: '', sort: '' };
}

function isFiltered({ kinds, state, status, search }: CatalogueQuery): boolean {
  return kinds.length > 0 || state !== '' || status !== '' || search !== '';
}

function describeFound({ total, error, query, missingNodes }: CatalogueView): string {
  if (error !== undefined) return error;
  if (total === undefined) return '…';
  const words = total === 1 ? '1 actor' : `${formatCount(total)} actors`;
  const found = isFiltered(query) ? `${words} found` : words;
  if (missingNodes === 0) return found;
  return `${found}; ${missingNodes === 1 ? '1 node does' : `${missingNodes} nodes do`} not answer`;
}
