/** The list of actors: only rows in view are requested, the others are only counted. */

import { useCallback, useState, type ReactNode } from 'react';
import type { ActorAddress, ActorSummary } from '../../../src/inspect/feed/feed-protocol.ts';
import { escapeControls } from '../ui/escape-controls.ts';
import { formatDuration } from '../../shared/duration.ts';
import { hashOf, keyOf } from '../names/address.ts';
import type { CatalogueStore, CatalogueView } from './catalogue-store.ts';
import { describeFigures } from '../ui/format.ts';
import { singularOf, shortenId } from '../names/kind-words.ts';
import { describeRoom } from '../names/room-words.ts';
import { KindShape, StatusShape } from '../names/shapes.tsx';
import { VirtualList } from '../ui/virtual-list.tsx';
import type { RowWindow } from '../ui/windowing.ts';

const ROW_HEIGHT = 46;

interface ActorListProps {
  readonly catalogue: CatalogueStore;
  readonly view: CatalogueView;
  readonly shown: ActorAddress | undefined;
}

export function ActorList({ catalogue, view: { total = 0, rows, at }, shown }: ActorListProps): ReactNode {
  const [active, setActive] = useState<{ readonly row: number; readonly key: string | undefined }>();
  const handleWindow = useCallback((window: RowWindow) => catalogue.setWindow(window), [catalogue]);
  const shownKey = shown && keyOf(shown);
  const activeRow = Math.min(followRow(rows, active?.key, active?.row ?? 0), total - 1);
  return (
    <VirtualList
      label="Actors"
      className="actors"
      total={total}
      rowHeight={ROW_HEIGHT}
      active={activeRow}
      selected={findRow(rows, shownKey) ?? -1}
      onActive={setRow}
      onChoose={(row) => {
        setRow(row);
        const actor = rows.get(row);
        // One of another node is watched by the inspector there.
        if (actor === undefined || actor.node !== undefined) return;
        // Another actor may have the id of a failed one by now, so the history is shown.
        location.hash = hashOf(actor, actor.status === 'failed' ? 'history' : undefined);
      }}
      onWindow={handleWindow}
      keyOf={(row) => row}
      render={(row) => <ActorRow actor={rows.get(row)} at={at} />}
    />
  );

  function setRow(row: number): void {
    const actor = rows.get(row);
    setActive({ row, key: actor && rowKeyOf(actor) });
  }
}

function ActorRow({
  actor,
  at,
}: {
  readonly actor: ActorSummary | undefined;
  readonly at: number;
}): ReactNode {
  if (actor === undefined) return <span className="loading">…</span>;
  const { kind, id, user, status, since, figures } = actor;
  return (
    <>
      <span className="line">
        <KindShape kind={kind} />
        <span className="visually-hidden">{singularOf(kind)} </span>
        <span className="id">{shortenId(id)}</span>
        {user !== undefined && <span className="user">{escapeControls(user)}</span>}
        {actor.node !== undefined && (
          <span className="elsewhere" title={`It is watched by the inspector of ${actor.node}`}>
            on {escapeControls(actor.node)}
          </span>
        )}
        <span className="age">{formatDuration(at - since)}</span>
      </span>
      <span className="line quiet">
        <StatusShape status={status} />
        {status !== 'active' && <span className="visually-hidden">{status} </span>}
        <span className="states">{describeStates(actor)}</span>
        {status !== 'failed' && <span className="figures">{describeFigures(figures)}</span>}
      </span>
    </>
  );
}

function describeStates(actor: ActorSummary): string | undefined {
  const { kind, status, states, error } = actor;
  if (status === 'failed') return error;
  return kind === 'room' && status === 'active' ? describeRoom(actor) : states.join(' · ');
}

/** Nodes have actors with the same names. */
function rowKeyOf(actor: ActorSummary): string {
  return actor.node === undefined ? keyOf(actor) : `${keyOf(actor)} ${actor.node}`;
}

/** The row of an actor that was at another row before, if it is still loaded. */
function followRow(rows: ReadonlyMap<number, ActorSummary>, key: string | undefined, row: number): number {
  const actor = rows.get(row);
  if (key === undefined || actor === undefined || rowKeyOf(actor) === key) return row;
  return findRow(rows, key) ?? row;
}

function findRow(rows: ReadonlyMap<number, ActorSummary>, key: string | undefined): number | undefined {
  if (key === undefined) return undefined;
  for (const [row, actor] of rows) if (rowKeyOf(actor) === key) return row;
  return undefined;
}
