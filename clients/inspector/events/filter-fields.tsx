/** The fields that filter events. The list of events and the sequence share one filter. */

import type { ReactNode } from 'react';
import { ChangesCheck } from '../ui/fields.tsx';
import type { EventFilter } from './event-filter.ts';

interface FilterFieldsProps {
  /** What is filtered: `events`. */
  readonly what: string;
  readonly filter: EventFilter;
  readonly onFilter: (filter: EventFilter) => void;
}

export function FilterFields({ what, filter, onFilter }: FilterFieldsProps): ReactNode {
  return (
    <>
      <label className="event-filter">
        <span className="visually-hidden">Filter {what} by type</span>
        <input
          type="search"
          placeholder="filter"
          value={filter.text}
          onChange={({ target }) => onFilter({ ...filter, text: target.value })}
        />
      </label>
      <ChangesCheck
        checked={filter.changesOnly}
        onChange={(changesOnly) => onFilter({ ...filter, changesOnly })}
      />
    </>
  );
}
