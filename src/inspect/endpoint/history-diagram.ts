/** Writes the recorded history of an actor as a Mermaid sequence diagram. */

import type { AnyStateNode } from 'xstate';
import { MACHINES } from '../../actors/machines.ts';
import type { StatePath } from '../chart/chart.ts';
import type { ActorHistory, HistoryEntry, MachineName } from '../feed/feed-protocol.ts';
import { INVOKED } from '../watch/outside.ts';
import { usualSenderOf, type UsualSender } from '../watch/usual-senders.ts';

/** The sender and the label of an arrow. An entry tells the event, and so the kind of its sender, but not which one. */
interface Step {
  /** Undefined for events that the actor sends to itself, and where the sender is not known. */
  readonly sender: string | undefined;
  readonly label: string;
}

const SELF = 'a';
const PLURALS: Readonly<Record<MachineName, string>> = {
  server: 'server',
  connection: 'connections',
  membership: 'memberships',
  moderation: 'judged messages',
  room: 'rooms',
  question: 'questions',
  backend: 'backends',
  tarsProxy: 'proxies',
  delivery: 'webhooks',
  redisLink: 'redis links',
};

/** Participants, an arrow for each entry with its count and time, and a note where it changed states. */
export function toSequenceDiagram(history: ActorHistory): string {
  const { kind, id, entries, lost, failure } = history;
  const senders = new Map<string, string>();
  const lines: string[] = [];
  const startedAt = entries[0]?.at ?? failure?.at ?? 0;

  function note(text: string): void {
    lines.push(`Note over ${SELF}: ${text}`);
  }

  function arrow({ sender, label }: Step, head: string, at: number, count: number): void {
    const from = sender === undefined ? SELF : (senders.get(sender) ?? `p${senders.size + 1}`);
    if (sender !== undefined) senders.set(sender, from);
    const times = count > 1 ? ` × ${count}` : '';
    const seconds = ((at - startedAt) / 1_000).toFixed(3);
    lines.push(`${from}${head}${SELF}: ${escape(label)}${times} (+${seconds} s)`);
  }

  if (startedAt > 0) note(`from ${escape(new Date(startedAt).toISOString())}`);
  if (lost !== undefined && lost > 0) note(`${lost} earlier entries are overwritten`);
  for (const entry of entries) {
    arrow(toStep(kind, entry.event), '->>', entry.at, entry.count);
    const change = describeChange(entry);
    if (change !== undefined) note(change);
  }
  if (failure !== undefined) {
    arrow(toStep(kind, failure.event), '-x', failure.at, 1);
    note(`failed on it${LINE_BREAK}${escape(failure.error)}`);
  }
  const participants = [...senders].map(([sender, name]) => `participant ${name} as ${escape(sender)}`);
  return [
    'sequenceDiagram',
    ...[...participants, `participant ${SELF} as ${escape(`${kind} ${id}`)}`, ...lines].map(
      (line) => `  ${line}`,
    ),
    '',
  ].join('\n');
}

const LINE_BREAK = '<br/>';

function toStep(kind: MachineName, event: string): Step {
  if (event === 'xstate.init') return { sender: nameSender(usualSenderOf(kind, event)), label: 'start' };
  const [, topic, rest = ''] = /^xstate\.(after|done\.actor|error\.actor)\.(.*)$/s.exec(event) ?? [];
  if (topic === undefined) return { sender: nameSender(usualSenderOf(kind, event)), label: event };
  // The rest ends with the id of the state, which begins with the id of the machine.
  const [name = rest, state = ''] = rest.split(new RegExp(`\\.${kind}(?:\\.|$)`), 2);
  if (topic === 'after') return { sender: 'timer', label: `after ${name}, ${state}` };
  let node: AnyStateNode | undefined = MACHINES[kind].root;
  for (const key of state.split('.')) node = node?.states[key];
  const invoked = node?.invoke[Number(name)];
  const src = typeof invoked?.src === 'string' ? invoked.src : rest;
  return {
    sender: INVOKED[kind][src],
    label: topic === 'done.actor' ? `${src} is done` : `${src} has failed`,
  };
}

function nameSender(sender: UsualSender | undefined): string | undefined {
  if (sender === undefined || sender === 'itself') return undefined;
  return sender in PLURALS ? PLURALS[sender as MachineName] : sender;
}

/** The states that were left and entered. */
function describeChange({ from, to }: HistoryEntry): string | undefined {
  const left = without(from, to);
  const entered = without(to, from);
  if (left.length === 0 && entered.length === 0) return undefined;
  const change = `→ ${list(entered)}`;
  return left.length === 0 ? change : `${list(left)}${LINE_BREAK}${change}`;
}

function list(states: readonly StatePath[]): string {
  return states.map(escape).join(', ');
}

function without(states: readonly StatePath[], others: readonly StatePath[]): StatePath[] {
  return states.filter((state) => !others.includes(state));
}

/** Writes characters that mean something to Mermaid by their codes. */
function escape(text: string): string {
  return text.replaceAll(/[^\p{L}\p{N} .,()/@'+×…_-]/gu, (character) => `#${character.codePointAt(0)};`);
}
