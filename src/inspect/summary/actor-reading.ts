/** What was read of an actor at one moment: its snapshot and its states, without its context. */

import type { AnyMachineSnapshot } from 'xstate';
import { sinceOf as readSince } from '../../actors/runtime/live-machine.ts';
import type { ActorStatus } from '../feed/feed-protocol.ts';
import type { Clock } from '../../system/clock.ts';
import type { ActorEntry } from '../population/population.ts';
import type { LeafStates } from './leaf-states.ts';

export interface ActorReading {
  readonly entry: ActorEntry;
  /** A resting membership has none. */
  readonly snapshot: AnyMachineSnapshot | undefined;
  readonly states: LeafStates;
}

export function statusOf({ snapshot }: ActorReading): ActorStatus {
  return snapshot === undefined ? 'resting' : STATUSES[snapshot.status];
}

/** When it entered its states, in milliseconds since 1970; 0 when that is not known. */
export function sinceOf(reading: ActorReading, clock: Pick<Clock, 'now' | 'monotonic'>): number {
  if (reading.entry.actor === undefined) return reading.entry.member.joinedAt;
  const ageMs = ageOf(reading, clock);
  return ageMs === undefined ? 0 : clock.now() - ageMs;
}

/** For how long it is in its states, in milliseconds; undefined when that is not known. */
export function ageOf({ snapshot }: ActorReading, clock: Pick<Clock, 'monotonic'>): number | undefined {
  const since = snapshot && readSince(snapshot);
  return since === undefined ? undefined : clock.monotonic() - since;
}

const STATUSES: Readonly<Record<AnyMachineSnapshot['status'], ActorStatus>> = {
  active: 'active',
  done: 'done',
  error: 'failed',
  stopped: 'done',
};
