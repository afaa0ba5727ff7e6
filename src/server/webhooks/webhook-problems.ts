/** The problems of webhooks that only the server can find: which events and states there are. */

import type { ConfigProblem } from '../../config/layer/config-error.ts';
import { formatPath } from '../../config/schema/path.ts';
import { suggest } from '../../config/layer/nearest.ts';
import type { Settings } from '../../config/schema/settings.ts';
import { isStatePath, namesOf } from '../../webhooks/event-choice.ts';
import { WEBHOOK_EVENTS } from '../../webhooks/webhook-events.ts';
import { findState, listStates, type ChosenState } from './chosen-states.ts';

/** A problem for each item of `events` that is neither an event nor a state. */
export function findWebhookProblems(webhooks: Settings['webhooks']): ConfigProblem[] {
  return webhooks.flatMap(({ events }, index) =>
    events.flatMap((item, position) => {
      if (namesOf(item).length > 0 || findState(item) !== undefined) return [];
      return [
        {
          path: formatPath(['webhooks', index, 'events', position]),
          given: JSON.stringify(item),
          allowed: describe(item),
        },
      ];
    }),
  );
}

/** The states that a webhook chooses. */
export function statesOf(events: readonly string[]): ChosenState[] {
  return events.flatMap((item) => {
    const state = isStatePath(item) ? findState(item) : undefined;
    return state === undefined ? [] : [state];
  });
}

function describe(item: string): string {
  const states = listStates();
  const sameEnd = states.filter((state) => state.endsWith(`.${item.split('.').slice(1).join('.')}`));
  const ofMachine = sameEnd.filter((state) => state.startsWith(`${item.split('.')[0]}.`));
  if (ofMachine.length > 1) return `one of these states: ${ofMachine.join(', ')}`;
  const near = suggest(item, [...WEBHOOK_EVENTS, ...states.flatMap(shortFormsOf)]);
  return `one of ${WEBHOOK_EVENTS.join(', ')}, a pattern such as member.*, or a state of a machine${near}`;
}

/** `room.active.occupancy.full`, `room.occupancy.full` and `room.full`. */
function shortFormsOf(state: string): string[] {
  const [machine = '', ...path] = state.split('.');
  return path.map((_, index) => [machine, ...path.slice(index)].join('.'));
}
