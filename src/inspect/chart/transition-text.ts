/** The text of a transition, in one line: its trigger, its guard, its actions. */

import type { ChartTransition, ChartTrigger } from './chart.ts';
import type { LayoutText, LayoutTextPart } from './chart-layout.ts';

const MILLISECONDS = /^\d+$/;

/** `room.join`, `always`, `after linger`, `after 500 ms`, `sync done`, `sync failed`; `done` for a final child. */
export function describeTrigger(trigger: ChartTrigger): string {
  switch (trigger.type) {
    case 'event':
      return trigger.event;
    case 'always':
      return 'always';
    case 'after':
      return `after ${trigger.delay}${MILLISECONDS.test(trigger.delay) ? ' ms' : ''}`;
    case 'done':
      return trigger.of === '' ? 'done' : `${trigger.of} done`;
    case 'error':
      return `${trigger.of} failed`;
  }
}

/** Such as `room.join [isFull] / admit, seat`, with `(reenter)` where it applies, in parts for different colours. */
export function describeTransition(
  { trigger, guard, actions, reenter }: Pick<ChartTransition, 'trigger' | 'guard' | 'actions' | 'reenter'>,
  withActions: boolean,
): LayoutText {
  const parts: LayoutTextPart[] = [{ role: 'trigger', text: describeTrigger(trigger) }];
  if (guard !== undefined) parts.push({ role: 'guard', text: ` [${guard}]` });
  if (reenter) parts.push({ role: 'keyword', text: ' (reenter)' });
  if (withActions && actions.length > 0) parts.push({ role: 'action', text: ` / ${actions.join(', ')}` });
  return parts;
}

export function joinText(text: LayoutText): string {
  return text.map((part) => part.text).join('');
}
