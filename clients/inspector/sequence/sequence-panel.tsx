/** The lower pane: the messages between actors, as a picture or as a table. */

import { useMemo, useState, type ReactNode } from 'react';
import { CopyButton } from '../ui/copy-button.tsx';
import { createAcceptance, type EventFilter } from '../events/event-filter.ts';
import type { EventNames } from '../events/event-names.ts';
import { EventFold, rowAt } from '../events/event-rows.ts';
import { FilterFields } from '../events/filter-fields.tsx';
import { Check } from '../ui/fields.tsx';
import { useStore } from '../ui/hooks.ts';
import { describeRow } from '../events/party-words.ts';
import { SequencePicture } from './sequence-picture.tsx';
import { SequenceTable } from './sequence-table.tsx';
import { toSequence } from './sequence.ts';
import { toSequenceMermaid } from './sequence-mermaid.ts';
import type { WatchStore } from '../watch/watch-store.ts';

interface SequencePanelProps {
  readonly watch: WatchStore;
  readonly names: EventNames;
  readonly filter: EventFilter;
  readonly onFilter: (filter: EventFilter) => void;
  readonly announce: (text: string) => void;
}

export function SequencePanel({ watch, names, filter, onFilter, announce }: SequencePanelProps): ReactNode {
  const view = useStore(watch);
  const [isByActor, setByActor] = useState(false);
  const [isTable, setTable] = useState(false);
  const [hovered, setHovered] = useState<number>();
  const { position } = view;
  const fold = useMemo(() => new EventFold({ names, accepts: createAcceptance(filter) }), [names, filter]);
  // A live log stays the same object while it grows. The view is new each time.
  const rows = useMemo(() => fold.of(view.log), [fold, view]);
  const sequence = useMemo(() => toSequence(rows, watch.actor, isByActor), [rows, watch, isByActor]);
  const now = rowAt(rows, position);
  const isLive = view.playback.type === 'live';
  const told = rows[hovered ?? (isLive ? -1 : now)];
  return (
    <section className="sequence" aria-label="Sequence of messages">
      <div className="pane-head">
        <h2>Sequence</h2>
        <FilterFields what="messages" filter={filter} onFilter={onFilter} />
        <Check checked={isByActor} onChange={setByActor}>
          lanes by actor
        </Check>
        <Check checked={isTable} onChange={setTable}>
          as a table
        </Check>
        <p className="told" aria-hidden="true">
          {told === undefined ? '' : describeRow(told)}
        </p>
        <CopyButton
          label="Copy as Mermaid"
          what="The sequence"
          getText={() => toSequenceMermaid(sequence)}
          announce={announce}
        />
      </div>
      {isTable ? (
        <SequenceTable sequence={sequence} now={now} />
      ) : (
        <SequencePicture
          sequence={sequence}
          now={now}
          position={position}
          isLive={isLive}
          onGoTo={(to) => watch.goTo(to)}
          onHover={setHovered}
        />
      )}
    </section>
  );
}
