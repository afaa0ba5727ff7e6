/** The names of events, from the charts, which know the meaning of XState's own events. */

import { describeTrigger } from '../../../src/inspect/chart/transition-text.ts';
import type { FeedItem, MachineName } from '../../../src/inspect/feed/feed-protocol.ts';
import type { Charts } from '../chart/machine-charts.ts';

/** The name of an event type in the chart of a kind. */
export type EventNames = (kind: MachineName, type: string) => string;

/** Without charts, the name of an event is its type. */
export const RAW_NAMES: EventNames = (_, type) => type;

/** `xstate.after.flush.room.active.journal.dirty` is `after flush`, `xstate.done.actor.0.room…` is `sync done`. */
export function createEventNames(charts: Charts): EventNames {
  const byKind = new Map<MachineName, ReadonlyMap<string, string>>();
  for (const [kind, { transitions }] of charts) {
    const names = new Map<string, string>();
    for (const { id, trigger } of transitions) {
      const [, descriptor = ''] = id.split('|');
      if (trigger.type !== 'event') names.set(descriptor, describeTrigger(trigger));
    }
    byKind.set(kind, names);
  }
  return (kind, type) => byKind.get(kind)?.get(type) ?? type;
}

/** A short name for what happened: an event, an action, `started`… */
export function nameOf(item: FeedItem, names: EventNames = RAW_NAMES): string {
  if (item.type === 'transition') return names(item.actor.kind, item.event.type);
  return item.type === 'effect' ? item.action : item.type;
}
