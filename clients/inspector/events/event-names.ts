/** What events are called: by the charts, which know what XState's own events stand for. */

import { describeTrigger } from '../../../src/inspect/chart/transition-text.ts';
import type { FeedItem, MachineName } from '../../../src/inspect/feed/feed-protocol.ts';
import type { Charts } from '../chart/machine-charts.ts';

/** What an event of that type is called by the chart of the actor that takes it. */
export type EventNames = (kind: MachineName, type: string) => string;

/** Without charts, events have their types for names. */
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

/** What happened, in a word or two: an event, an action, `started`… */
export function nameOf(item: FeedItem, names: EventNames = RAW_NAMES): string {
  if (item.type === 'transition') return names(item.actor.kind, item.event.type);
  return item.type === 'effect' ? item.action : item.type;
}
