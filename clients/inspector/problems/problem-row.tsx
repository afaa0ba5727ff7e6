/** One problem: a line, and its grounds when it is opened. */

import type { ReactNode } from 'react';
import type { ProblemView } from '../../../src/inspect/feed/feed-protocol.ts';
import { hashOf, isMachineName, toHash } from '../names/address.ts';
import { shortenId } from '../names/kind-words.ts';
import { KindShape } from '../names/shapes.tsx';
import { escapeControls } from '../ui/escape-controls.ts';
import { formatCount, formatDate, formatTime } from '../ui/format.ts';

export function ProblemRow({ problem }: { readonly problem: ProblemView }): ReactNode {
  const { at, count, kind, reason, code, user, room, client } = problem;
  return (
    <li>
      <details>
        <summary>
          <time dateTime={new Date(at).toISOString()}>{formatTime(at)}</time>
          <span className={`problem-kind ${kind}`}>{kind}</span>
          <span className="reason">
            {escapeControls(reason)}
            {code !== undefined && <span className="quiet"> ({code})</span>}
          </span>
          {count > 1 && <span className="count">{formatCount(count)} times</span>}
          <span className="whom quiet">
            {[user, room, user === undefined && client !== undefined ? shortenId(client) : undefined]
              .filter((name) => name !== undefined)
              .map(escapeControls)
              .join(' · ')}
          </span>
        </summary>
        <Grounds problem={problem} />
      </details>
    </li>
  );
}

function Grounds({ problem }: { readonly problem: ProblemView }): ReactNode {
  const { since, at, count, client, user, room, address, handler, target, error, stack } = problem;
  const { guards = [], limit, rule, event } = problem;
  return (
    <div className="grounds">
      {error !== undefined && <p className="error">{escapeControls(error)}</p>}
      {stack !== undefined && <pre tabIndex={0}>{stack.map(escapeControls).join('\n')}</pre>}
      <dl>
        <Decider problem={problem} />
        <Fact label="event">{event}</Fact>
        {guards.map(({ name, holds }) => (
          <Fact key={name} label="guard">
            <code>{name}</code> {holds ? 'holds' : 'does not hold'}
          </Fact>
        ))}
        {limit !== undefined && (
          <Fact label="limit">
            <code>{limit.name}</code> is {formatCount(limit.value)}
            {limit.actual !== undefined && `, and this is ${formatCount(limit.actual)}`}
          </Fact>
        )}
        {rule !== undefined && (
          <Fact label="rule">
            <code>{rule.name}</code> is {rule.value}
          </Fact>
        )}
        <Fact label="user">{user && escapeControls(user)}</Fact>
        {room !== undefined && (
          <Fact label="room">
            <a href={hashOf({ kind: 'room', id: room })}>{escapeControls(room)}</a>
          </Fact>
        )}
        {client !== undefined && (
          <Fact label="connection">
            <a href={hashOf({ kind: 'connection', id: client })}>{escapeControls(client)}</a>
          </Fact>
        )}
        <Fact label="address">{address}</Fact>
        <Fact label="handler">{handler}</Fact>
        <Fact label="target">{target && escapeControls(target)}</Fact>
        <Fact label={count === 1 ? 'seen' : `seen ${formatCount(count)} times`}>
          {count === 1 ? formatDate(at) : `${formatDate(since)} to ${formatDate(at)}`}
        </Fact>
      </dl>
    </div>
  );
}

/** The machine and its state, with a link to them in the chart. */
function Decider({ problem: { machine, state } }: { readonly problem: ProblemView }): ReactNode {
  if (machine === undefined) return null;
  if (!isMachineName(machine)) return <Fact label="machine">{machine}</Fact>;
  const selected = state !== undefined && state !== '' ? { state } : {};
  return (
    <Fact label="decided by">
      <KindShape kind={machine} />
      <a href={toHash({ type: 'machine', kind: machine, ...selected })}>
        {machine}
        {state !== undefined && state !== '' && <code> {state}</code>}
      </a>
    </Fact>
  );
}

function Fact({ label, children }: { readonly label: string; readonly children: ReactNode }): ReactNode {
  if (children === undefined || children === '') return null;
  return (
    <div>
      <dt>{label}</dt>
      <dd>{children}</dd>
    </div>
  );
}
