/** The transitions of an actor that the recorder has kept, until its failure or until now. */

import { useCallback, useEffect, useState, type ReactNode } from 'react';
import type { ActorAddress, ActorHistory, HistoryEntry } from '../../../src/inspect/feed/feed-protocol.ts';
import { ChangesCheck } from '../ui/fields.tsx';
import { saveFile } from '../ui/clipboard.ts';
import type { AnswerTo, FeedClient, Outcome } from '../feed/feed.ts';
import type { EventNames } from '../events/event-names.ts';
import { formatCount, formatTime } from '../ui/format.ts';
import { fetchHistory, type HistoryFormat } from '../feed/history-route.ts';
import { useStore } from '../ui/hooks.ts';
import type { Store } from '../ui/view-store.ts';
import type { LinkState } from '../feed/feed.ts';

interface HistoryPanelProps {
  readonly client: FeedClient;
  readonly link: Store<LinkState>;
  readonly actor: ActorAddress;
  readonly names: EventNames;
  readonly announce: (text: string) => void;
}

export function HistoryPanel({ client, link, actor, names, announce }: HistoryPanelProps): ReactNode {
  const { name: linkName } = useStore(link);
  const [outcome, setOutcome] = useState<Outcome<AnswerTo<'history'>>>();
  const [saving, setSaving] = useState('');
  const [changesOnly, setChangesOnly] = useState(false);
  const ask = useCallback(async () => {
    const answer = await client.ask({ type: 'history', actor });
    if (answer.type !== 'unanswered') setOutcome(answer);
  }, [client, actor]);
  useEffect(() => {
    if (linkName === 'ready') void ask();
  }, [ask, linkName]);
  const history = outcome?.type === 'answered' ? outcome.answer.history : undefined;
  return (
    <div className="history" data-testid="history">
      <div className="pane-head">
        <button type="button" onClick={() => void ask()}>
          Read again
        </button>
        <button type="button" onClick={() => void save('json')}>
          Download JSON
        </button>
        <button type="button" onClick={() => void save('mermaid')}>
          Download sequence diagram
        </button>
        <ChangesCheck checked={changesOnly} onChange={setChangesOnly} />
        <span className="remark" role="status">
          {saving}
        </span>
      </div>
      {outcome?.type === 'refused' && <p className="remark">{outcome.error}</p>}
      {history !== undefined && <Entries history={history} names={names} changesOnly={changesOnly} />}
    </div>
  );

  async function save(format: HistoryFormat): Promise<void> {
    const file = await fetchHistory(actor, format, client.token);
    if (file.type === 'refused') return setSaving(`Not downloaded: ${file.error}`);
    saveFile(file.content, file.name);
    setSaving('');
    announce(`${file.name} is downloaded.`);
  }
}

interface EntriesProps {
  readonly changesOnly: boolean;
  readonly history: ActorHistory;
  readonly names: EventNames;
}

function Entries({ history, names, changesOnly }: EntriesProps): ReactNode {
  const { kind, entries, lost, failure } = history;
  const shown = changesOnly ? entries.filter(isChange) : entries;
  return (
    <>
      {failure !== undefined && (
        <div className="failure" role="group" aria-label="Failure">
          <strong>Failed</strong> at {formatTime(failure.at)} on <code>{names(kind, failure.event)}</code>
          <p>{failure.error}</p>
        </div>
      )}
      {entries.length === 0 ? (
        <p className="remark">The recorder has no entries for this actor.</p>
      ) : (
        <div className="history-table" tabIndex={0} role="region" aria-label="Recorded transitions">
          <table>
            <caption className="remark">{describeKept(entries.length, lost)}</caption>
            <thead>
              <tr>
                <th scope="col">Time</th>
                <th scope="col">Event</th>
                <th scope="col">States</th>
              </tr>
            </thead>
            <tbody>
              {shown.toReversed().map((entry, index) => (
                <Entry key={shown.length - index} entry={entry} name={names(kind, entry.event)} />
              ))}
            </tbody>
          </table>
        </div>
      )}
    </>
  );
}

interface EntryProps {
  readonly entry: HistoryEntry;
  readonly name: string;
}

function Entry({ entry: { at, count, from, to }, name }: EntryProps): ReactNode {
  const entered = to.filter((state) => !from.includes(state));
  const left = from.filter((state) => !to.includes(state));
  return (
    <tr>
      <td>
        <time>{formatTime(at)}</time>
      </td>
      <th scope="row">
        {name}
        {count > 1 && <span className="times"> ×{formatCount(count)}</span>}
      </th>
      <td>
        {entered.length === 0 && left.length === 0 ? (
          <span className="quiet">unchanged</span>
        ) : (
          <>
            <span className="left">{left.join(' · ')}</span>
            <span aria-hidden="true"> → </span>
            <span className="visually-hidden"> to </span>
            <span className="entered">{entered.join(' · ')}</span>
          </>
        )}
      </td>
    </tr>
  );
}

function isChange({ from, to }: HistoryEntry): boolean {
  return from.join() !== to.join();
}

function describeKept(kept: number, lost: number | undefined): string {
  const words = `The last ${formatCount(kept)} transitions, newest first`;
  return lost === undefined || lost === 0
    ? `${words}.`
    : `${words}; ${formatCount(lost)} older ones are no longer kept.`;
}
