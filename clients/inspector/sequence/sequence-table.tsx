/** A sequence as a table: the same messages, for screen readers and for reading. */

import type { ReactNode } from 'react';
import type { EventRow } from '../events/event-rows.ts';
import { formatCount, formatTime } from '../ui/format.ts';
import { describeGap, describeParty } from '../events/party-words.ts';
import type { Sequence } from './sequence.ts';

/** A longer table would not be useful. */
const MOST_ROWS = 200;
/** How many of them are after the shown moment. */
const ROWS_AROUND = 50;

interface SequenceTableProps {
  readonly sequence: Sequence;
  readonly now: number;
}

export function SequenceTable({ sequence: { rows }, now }: SequenceTableProps): ReactNode {
  const end = Math.min(rows.length, Math.max(0, now) + ROWS_AROUND + 1);
  const shown = rows.slice(Math.max(0, end - MOST_ROWS), end).toReversed();
  return (
    <div className="sequence-table" tabIndex={0} role="region" aria-label="Messages as a table">
      <table>
        <caption className="visually-hidden">
          {shown.length} of {rows.length} messages, newest first
        </caption>
        <thead>
          <tr>
            <th scope="col">Time</th>
            <th scope="col">From</th>
            <th scope="col">To</th>
            <th scope="col">Event</th>
            <th scope="col">Times</th>
            <th scope="col">States entered</th>
          </tr>
        </thead>
        <tbody>
          {shown.map((row) => (
            <TableRow key={row.first} row={row} isNow={row === rows[now]} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function TableRow({ row, isNow }: { readonly row: EventRow; readonly isNow: boolean }): ReactNode {
  const { what, at, name, sender, receiver, entered, count } = row;
  if (what.type === 'gap') {
    return (
      <tr className="gap">
        <td colSpan={6}>{describeGap({ ...what, count })}</td>
      </tr>
    );
  }
  return (
    <tr aria-current={isNow ? 'true' : undefined}>
      <td>{formatTime(at)}</td>
      <td>{sender && describeParty(sender.party)}</td>
      <td>{receiver && describeParty(receiver.party)}</td>
      <th scope="row">{name}</th>
      <td>{formatCount(count)}</td>
      <td>{entered.join(', ')}</td>
    </tr>
  );
}
