/** The arrangement of the panes: side by side on a wide screen, in tabs on a narrow one. */

import { useEffect, useRef, useState, type CSSProperties, type ReactNode } from 'react';
import { createStoredText } from '../../shared/stored-text.ts';
import { useMedia } from '../ui/hooks.ts';
import { recallSizes, keepSizes, type PaneSizes } from './pane-sizes.ts';
import { Splitter } from './splitter.tsx';
import { Tabs, type Tab } from '../ui/tabs.tsx';

export interface Panes {
  readonly catalogue: ReactNode;
  /** The middle. */
  readonly stage: ReactNode;
  /** Beside the middle, if given. */
  readonly context?: ReactNode;
  readonly states?: ReactNode;
  readonly events?: ReactNode;
  readonly timeline?: ReactNode;
  /** Below. */
  readonly sequence?: ReactNode;
  /** Identifies what is shown: when it changes, a narrow screen switches to the stage. */
  readonly subject: string;
}

const storedSizes = createStoredText('statecast.inspector.panes', () => localStorage);

/** Room for three columns. */
const WIDE = '(width >= 75rem)';
/** Room for two columns. */
const MEDIUM = '(width >= 46rem)';

export function Layout(panes: Panes): ReactNode {
  const isWide = useMedia(WIDE);
  const isMedium = useMedia(MEDIUM);
  if (isWide) return <WideLayout {...panes} />;
  return isMedium ? <MediumLayout {...panes} /> : <NarrowLayout {...panes} />;
}

function WideLayout(panes: Panes): ReactNode {
  const { catalogue, stage, timeline, events, sequence } = panes;
  const [sizes, setSizes] = useState(() => recallSizes(storedSizes));
  const beside = detailTabs(panes);
  const hasSide = beside.length > 0;
  return (
    <div
      className={`layout wide${hasSide ? '' : ' plain'}${sequence === undefined ? ' no-below' : ''}`}
      style={toVariables(sizes)}
    >
      <section className="pane catalogue-pane" aria-label="Catalogue">
        {catalogue}
      </section>
      <Splitter
        label="Width of the catalogue"
        orientation="vertical"
        value={sizes.left}
        min={220}
        max={560}
        onChange={(left) => resize({ left })}
      />
      <div className="pane stage-pane">{stage}</div>
      {hasSide && (
        <>
          <Splitter
            label="Width of the details"
            orientation="vertical"
            isAfter
            value={sizes.right}
            min={260}
            max={720}
            onChange={(right) => resize({ right })}
          />
          <div className="pane side-pane">
            {timeline}
            <DetailTabs tabs={beside} />
            {events !== undefined && (
              <>
                <Splitter
                  label="Height of the events"
                  orientation="horizontal"
                  isAfter
                  value={sizes.events}
                  min={120}
                  max={900}
                  onChange={(height) => resize({ events: height })}
                />
                {events}
              </>
            )}
          </div>
        </>
      )}
      {sequence !== undefined && (
        <>
          <Splitter
            label="Height of the sequence"
            orientation="horizontal"
            isAfter
            value={sizes.below}
            min={80}
            max={900}
            onChange={(below) => resize({ below })}
          />
          <div className="pane sequence-pane">{sequence}</div>
        </>
      )}
    </div>
  );

  function resize(change: Partial<PaneSizes>): void {
    const next = { ...sizes, ...change };
    setSizes(next);
    keepSizes(next, storedSizes);
  }
}

function MediumLayout(panes: Panes): ReactNode {
  const { catalogue, stage, timeline } = panes;
  const tabs = [...detailTabs(panes), ...lastTabs(panes)];
  return (
    <div className={`layout medium${tabs.length === 0 ? ' plain' : ''}`}>
      <section className="pane catalogue-pane" aria-label="Catalogue">
        {catalogue}
      </section>
      <div className="pane stage-pane">{stage}</div>
      {tabs.length > 0 && (
        <div className="pane side-pane">
          {timeline}
          <DetailTabs tabs={tabs} />
        </div>
      )}
    </div>
  );
}

function NarrowLayout(panes: Panes): ReactNode {
  const { catalogue, stage, timeline, subject } = panes;
  const [chosen, setChosen] = useState(subject === '' ? 'catalogue' : 'stage');
  const [known, setKnown] = useState(subject);
  if (known !== subject) {
    setKnown(subject);
    setChosen('stage');
  }
  const root = useRef<HTMLDivElement>(null);
  const first = useRef(subject);
  useEffect(() => {
    if (first.current === subject) return;
    first.current = subject;
    // The clicked link is gone with its pane, so the focus moves to the tab of the new pane.
    root.current?.querySelector<HTMLElement>('[role=tab][aria-selected=true]')?.focus();
  }, [subject]);
  const tabs: Tab[] = [
    { id: 'catalogue', label: 'Actors', content: <div className="pane catalogue-pane">{catalogue}</div> },
    {
      id: 'stage',
      label: subject === '' ? 'Overview' : subject === 'rooms' ? 'Rooms' : 'Chart',
      content: <div className="pane stage-pane">{stage}</div>,
    },
    ...detailTabs(panes),
    ...lastTabs(panes),
  ];
  return (
    <div className="layout narrow" ref={root}>
      {chosen !== 'catalogue' && timeline}
      <Tabs label="Panes" className="pane-tabs" tabs={tabs} chosen={chosen} onChoose={setChosen} />
    </div>
  );
}

function DetailTabs({ tabs }: { readonly tabs: readonly Tab[] }): ReactNode {
  const [chosen, setChosen] = useState(tabs[0]?.id ?? '');
  return <Tabs label="Details" className="detail-tabs" tabs={tabs} chosen={chosen} onChoose={setChosen} />;
}

function detailTabs({ context, states }: Panes): Tab[] {
  return [...toTab('context', 'Context', context), ...toTab('states', 'States', states)];
}

function lastTabs({ events, sequence }: Panes): Tab[] {
  return [...toTab('events', 'Events', events), ...toTab('sequence', 'Sequence', sequence)];
}

/** None where there is no content. */
function toTab(id: string, label: string, content: ReactNode): Tab[] {
  return content === undefined ? [] : [{ id, label, content }];
}

function toVariables({ left, right, below, events }: PaneSizes): CSSProperties {
  return {
    '--left': `${left}px`,
    '--right': `${right}px`,
    '--below': `${below}px`,
    '--events': `${events}px`,
  } as CSSProperties;
}
