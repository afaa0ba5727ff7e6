/** What was read of an actor at one moment: its snapshot and its states, without its context. */

import type { AnyMachineSnapshot } from 'xstate';
import { sinceOf as readSince } from '../../actors/runtime/live-machine.ts';
import type { ActorStatus } from '../feed/feed-protocol.ts';
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
export function sinceOf({ entry, snapshot }: ActorReading): number {
  if (entry.actor === undefined) return entry.member.joinedAt;
  return (snapshot && readSince(snapshot)) ?? 0;
}

const STATUSES: Readonly<Record<AnyMachineSnapshot['status'], ActorStatus>> = {
  active: 'active',
  done: 'done',
  error: 'failed',
  stopped: 'done',
};
