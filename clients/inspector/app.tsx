/** The page: which panes are shown for the address. */

import { useEffect, useMemo, useState, useSyncExternalStore, type ReactNode } from 'react';
import { createPortal } from 'react-dom';
import type { StatePath } from '../../src/inspect/chart/chart.ts';
import { hashOf, MACHINE_NAMES, parseHash, toHash, type Place } from './names/address.ts';
import { ActorStage } from './actor/actor-stage.tsx';
import { Catalogue } from './catalogue/catalogue.tsx';
import { NO_FILTER } from './events/event-filter.ts';
import { EventsPanel } from './events/events-panel.tsx';
import { createEventNames } from './events/event-names.ts';
import type { Charts, MachineCharts } from './chart/machine-charts.ts';
import { Gate } from './feed/gate.tsx';
import { useDocumentVisible, useStore } from './ui/hooks.ts';
import type { Inspector } from './session/inspector.ts';
import { Layout } from './layout/layout.tsx';
import { LinkStatus } from './feed/link-status.tsx';
import { MachineStage, MachineStates } from './actor/machine-stage.tsx';
import { Overview } from './catalogue/overview.tsx';
import { ProblemsStage } from './problems/problems-stage.tsx';
import { RoomsStage } from './room/rooms-stage.tsx';
import { SequencePanel } from './sequence/sequence-panel.tsx';
import { Timeline } from './timeline/timeline.tsx';
import { ContextPanel, StatesPanel } from './actor/watch-panels.tsx';

interface AppProps {
  readonly inspector: Inspector;
  /** The place in the page's head for the status of the link. */
  readonly statusPlace: Element;
}

export function App({ inspector, statusPlace }: AppProps): ReactNode {
  const { client, link, catalogue } = inspector;
  const place = usePlace();
  const state = useStore(link);
  const isVisible = useDocumentVisible();
  useEffect(() => {
    catalogue.setVisible(isVisible);
  }, [catalogue, isVisible]);
  useEffect(() => {
    document.title = `${titleOf(place)} · Statecast`;
  }, [place]);
  return (
    <>
      {createPortal(<LinkStatus client={client} state={state} />, statusPlace)}
      <Gate client={client} state={state}>
        <Panes inspector={inspector} place={place} />
      </Gate>
    </>
  );
}

/** The place in the page's address. */
function usePlace(): Place {
  const hash = useSyncExternalStore(subscribeToHash, () => location.hash);
  return useMemo(() => parseHash(hash), [hash]);
}

function subscribeToHash(listener: () => void): () => void {
  window.addEventListener('hashchange', listener);
  return () => window.removeEventListener('hashchange', listener);
}

function Panes({ inspector, place }: { readonly inspector: Inspector; readonly place: Place }): ReactNode {
  const subject = nameSubject(place);
  // The panes have the subject as key, so they start again with another one.
  const [filter, setFilter] = useState(NO_FILTER);
  const selected = 'state' in place ? place.state : undefined;
  const onSelect = (path: StatePath): void => select(place, path === selected ? undefined : path);
  const [actor, view] = place.type === 'actor' ? [place.actor, place.view] : [];
  // Each place has its own object for the same actor.
  const watch = useMemo(() => actor && inspector.watches.of(actor), [inspector, subject]);
  useEffect(() => {
    watch?.start();
    return () => watch?.stop();
  }, [watch]);
  const known = useCharts(inspector.charts, watch !== undefined);
  const names = useMemo(() => createEventNames(known), [known]);
  const announce = (text: string): void => inspector.announcer.announce(text);
  const left = <Catalogue catalogue={inspector.catalogue} shown={actor} />;

  if (place.type === 'machine') {
    const props = { inspector, kind: place.kind, selected, onSelect };
    return (
      <Layout
        subject={subject}
        catalogue={left}
        stage={<MachineStage key={subject} {...props} />}
        states={<MachineStates key={subject} {...props} />}
      />
    );
  }
  if (place.type === 'rooms') {
    return <Layout subject={subject} catalogue={left} stage={<RoomsStage inspector={inspector} />} />;
  }
  if (place.type === 'problems') {
    const stage = <ProblemsStage inspector={inspector} filter={place} />;
    return <Layout subject={subject} catalogue={left} stage={stage} />;
  }
  if (watch === undefined) {
    return <Layout subject={subject} catalogue={left} stage={<Overview catalogue={inspector.catalogue} />} />;
  }
  const { charts } = inspector;
  return (
    <Layout
      subject={subject}
      catalogue={left}
      stage={<ActorStage key={subject} {...{ inspector, watch, names, view, selected, onSelect }} />}
      timeline={<Timeline key={subject} watch={watch} names={names} />}
      context={<ContextPanel key={subject} watch={watch} />}
      states={<StatesPanel key={subject} {...{ watch, charts, selected, onSelect }} />}
      events={<EventsPanel key={subject} {...{ watch, names, filter }} charts={known} onFilter={setFilter} />}
      sequence={
        <SequencePanel
          key={subject}
          watch={watch}
          names={names}
          filter={filter}
          onFilter={setFilter}
          announce={announce}
        />
      }
    />
  );
}

/** The selected state is in the address, so that a link shows the same. */
function select(place: Place, state: StatePath | undefined): void {
  if (place.type !== 'machine' && place.type !== 'actor') return;
  const { state: _, ...rest } = place;
  location.replace(toHash(state === undefined ? rest : { ...rest, state }));
}

/** All charts, as soon as they are loaded. */
function useCharts(charts: MachineCharts, isNeeded: boolean): Charts {
  const known = useStore(charts);
  useEffect(() => {
    if (isNeeded) for (const machine of MACHINE_NAMES) charts.want(machine);
  }, [charts, isNeeded]);
  return known;
}

/** The actor or machine of a place, without the view. */
function nameSubject(place: Place): string {
  if (place.type === 'overview') return '';
  if (place.type === 'rooms' || place.type === 'problems') return place.type;
  return place.type === 'machine' ? `#/${place.kind}` : hashOf(place.actor);
}

function titleOf(place: Place): string {
  switch (place.type) {
    case 'overview':
      return 'Inspector';
    case 'rooms':
      return 'Rooms · Inspector';
    case 'problems':
      return 'Problems · Inspector';
    case 'machine':
      return `${place.kind} · Inspector`;
    case 'actor':
      return `${place.actor.kind} ${place.actor.id} · Inspector`;
  }
}
