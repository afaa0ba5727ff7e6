/** Writes a sequence as a Mermaid diagram. */

import type { EventRow } from '../events/event-rows.ts';
import type { Ends, Lane, Sequence } from './sequence.ts';

export function toSequenceMermaid({ lanes, rows, endsOf }: Sequence): string {
  const lines = ['sequenceDiagram'];
  lanes.forEach((lane, index) => lines.push(`  participant p${index} as ${escape(titleOf(lane))}`));
  for (const row of rows) lines.push(`  ${writeMessage(row, endsOf(row), lanes.length)}`);
  return `${lines.join('\n')}\n`;
}

/** `room room1`, `broker`; `connections` for a lane that several actors share. */
export function titleOf({ kind, id, key }: Lane): string {
  if (id !== undefined) return kind === id ? kind : `${kind} ${id}`;
  return isShared(kind, key) ? `${kind}s` : kind;
}

const SHARED_KINDS: ReadonlySet<string> = new Set([
  'connection',
  'membership',
  'moderation',
  'question',
  'room',
]);

function isShared(kind: string, key: string): boolean {
  return kind === key && SHARED_KINDS.has(kind);
}

function writeMessage(row: EventRow, { from, to }: Ends, lanes: number): string {
  const { what, count, entered } = row;
  if (what.type === 'gap') {
    const words = what.reason === 'skipped' ? `${count} skipped` : 'not watched';
    return lanes === 0 ? `%% ${words}` : `Note over p0${lanes > 1 ? `,p${lanes - 1}` : ''}: ${words}`;
  }
  const times = count > 1 ? ` ×${count}` : '';
  const name = escape(`${row.name}${times}`);
  if (to === undefined) return `%% ${name}`;
  if (what.type !== 'transition' && what.type !== 'effect') return `Note over p${to}: ${name}`;
  const states = entered.join(', ');
  const line = `p${from ?? to}${what.type === 'effect' ? '-)' : '->>'}p${to}: ${name}`;
  return states === '' ? line : `${line}\n  Note right of p${to}: ${escape(states)}`;
}

/** In Mermaid, `;` and a line break end a statement, and `#` begins an entity. */
function escape(text: string): string {
  return text
    .replaceAll(/[#;]/g, (found) => `#${found.charCodeAt(0)};`)
    .replaceAll('<', '#lt;')
    .replaceAll('>', '#gt;')
    .replaceAll(/\s+/g, ' ');
}
