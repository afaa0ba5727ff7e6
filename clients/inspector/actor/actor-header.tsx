/** The head of a watched actor: its name, its state at the shown moment, and the actors related to it. */

import { useMemo, type ReactNode } from 'react';
import type { ActorAddress } from '../../../src/inspect/feed/feed-protocol.ts';
import { formatDuration } from '../../shared/duration.ts';
import { hashOf, keyOf } from '../names/address.ts';
import { escapeControls } from '../ui/escape-controls.ts';
import { formatFigure, nameFigure } from '../ui/format.ts';
import { useNow, useStore } from '../ui/hooks.ts';
import { pluralOf, shortenId, singularOf } from '../names/kind-words.ts';
import type { ActorMoment } from '../watch/moments.ts';
import { relationsOf } from './relations.ts';
import { KindShape, StatusShape } from '../names/shapes.tsx';
import { momentOf } from './watch-panels.tsx';
import type { WatchStore, WatchView } from '../watch/watch-store.ts';

const TICK_MS = 1_000;

export function ActorHeader({
  watch,
  children,
}: {
  readonly watch: WatchStore;
  readonly children?: ReactNode;
}): ReactNode {
  const view = useStore(watch);
  const { actor } = watch;
  const moment = momentOf(view);
  return (
    <header className="actor-header">
      <div className="title">
        <h2 data-testid="actor-title">
          <KindShape kind={actor.kind} />
          <span className="kind">{singularOf(actor.kind)}</span>{' '}
          {actor.id !== actor.kind && <span className="id">{escapeControls(actor.id)}</span>}
        </h2>
        {moment?.told?.user !== undefined && <span className="user">{escapeControls(moment.told.user)}</span>}
        <a href={`#/${actor.kind}`}>chart only</a>
        {children}
      </div>
      <Standing view={view} moment={moment} />
      <Relations actor={actor} view={view} />
    </header>
  );
}

function Standing({
  view,
  moment,
}: {
  readonly view: WatchView;
  readonly moment: ActorMoment | undefined;
}): ReactNode {
  const { state, playback, log, position } = view;
  const now = useNow(TICK_MS);
  if (state.type === 'refused') {
    return (
      <p className="standing error" role="status">
        {state.error}
      </p>
    );
  }
  if (moment === undefined) {
    return (
      <p className="standing quiet">
        {state.type === 'asking' ? 'Loading…' : 'The actor does not exist at this moment.'}
      </p>
    );
  }
  const at = playback.type === 'live' ? now : (log.entryAt(position)?.at ?? moment.since);
  return (
    <>
      <p className="standing">
        <span className="states">
          <StatusShape status={moment.status} />
          {moment.status !== 'active' && <span className="status">{moment.status}</span>}
          {moment.states.map((path) => (
            <code key={path} data-testid="active-state">
              {path}
            </code>
          ))}
        </span>
        <span className="since">for {formatDuration(at - moment.since)}</span>
        {Object.entries(moment.told?.figures ?? {}).map(([name, value]) => (
          <span key={name} className={value === 0 ? 'figure zero' : 'figure'}>
            {nameFigure(name)} <b>{formatFigure(name, value)}</b>
          </span>
        ))}
      </p>
      {moment.error !== undefined && <p className="error">{moment.error}</p>}
    </>
  );
}

function Relations({ actor, view }: { readonly actor: ActorAddress; readonly view: WatchView }): ReactNode {
  const { log, position } = view;
  const relations = useMemo(
    () => relationsOf(actor, log.momentsAt(position)),
    // A live log stays the same object while it grows. The view is new each time.
    [actor, view],
  );
  if (relations.length === 0) return null;
  return (
    <ul className="relations" aria-label="Related actors">
      {relations.map(({ kind, actors, more }) => (
        <li key={kind}>
          <span className="quiet">{pluralOf(kind)}</span>{' '}
          {actors.map((address) => (
            <a key={keyOf(address)} href={hashOf(address)}>
              {shortenId(nameBeside(actor, address))}
            </a>
          ))}
          {more > 0 && <span className="quiet">+{more}</span>}
        </li>
      ))}
    </ul>
  );
}

/** Leaves out the part of a membership's id that names the watched room or connection itself. */
function nameBeside(actor: ActorAddress, { kind, id }: ActorAddress): string {
  if (kind !== 'membership' && kind !== 'moderation' && kind !== 'question') return id;
  const at = id.indexOf('@');
  const isOfWatched = actor.kind === 'room' || (actor.kind === 'connection' && kind === 'question');
  if (isOfWatched && id.slice(at + 1) === actor.id) return id.slice(0, at);
  return actor.kind === 'connection' && id.slice(0, at) === actor.id ? id.slice(at) : id;
}
