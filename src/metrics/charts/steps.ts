/** The steps that people wait for, and the states of the charts that stand for them. */

import type { MachineKind } from '../../actors/runtime/live-machine.ts';

/** The upper bounds of the time that a step takes, in milliseconds. */
export const STEP_BOUNDS_MS = [1, 2, 5, 10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, 30_000];

/** Each step with its machine and the path of its state. */
const STEPS = {
  greeting: ['connection', 'greeting'],
  join: ['membership', 'requesting'],
  join_token: ['membership', 'requesting.verifying'],
  join_backend: ['membership', 'requesting.asking'],
  join_handler: ['membership', 'requesting.authorizing'],
  join_record: ['membership', 'requesting.recording'],
  leave_handler: ['membership', 'left.notifying'],
  message_handler: ['moderation', 'moderating'],
  backend_question: ['question', 'open'],
  room_open: ['room', 'opening'],
  store_write: ['room', 'active.journal.writing'],
  webhook_batch: ['delivery', 'sending'],
} as const satisfies Record<string, readonly [machine: MachineKind, path: string]>;

export type StepName = keyof typeof STEPS;

const STEP_NAMES = Object.keys(STEPS) as readonly StepName[];

/** The step that a state stands for. */
export function stepOf(machine: MachineKind, path: string): StepName | undefined {
  return STEP_NAMES.find((name) => STEPS[name][0] === machine && STEPS[name][1] === path);
}
