/**
 * The messages to Stately's inspector, one JSON object a frame, as in `@statelyai/inspect` 0.7.2. An actor is announced
 * once, with its machine. Its events follow, each with the snapshot after it.
 */

import type { FeedJson, FeedObject } from '../feed/feed-protocol.ts';

/** The version of these messages. Every message carries it. */
export const STATELY_VERSION = '0.7.2';

export type StatelyMessage = StatelyActor | StatelyEvent | StatelySnapshot;

interface StatelyBase {
  readonly _version: typeof STATELY_VERSION;
  readonly id: string;
  /** Names the actor. */
  readonly sessionId: string;
  /** The actor at the top of its system; its own if it has no parent. */
  readonly rootId: string;
  /** Milliseconds since 1970, as a text. */
  readonly createdAt: string;
}

export interface StatelyActor extends StatelyBase {
  readonly type: '@xstate.actor';
  readonly name: string;
  readonly parentId?: string;
  /** The configuration of the machine, as JSON. */
  readonly definition: string;
  readonly snapshot: StatelyMachineSnapshot;
}

export interface StatelyEvent extends StatelyBase {
  readonly type: '@xstate.event';
  readonly event: FeedObject & { readonly type: string };
  /** Who sent it. */
  readonly sourceId?: string;
}

export interface StatelySnapshot extends StatelyBase {
  readonly type: '@xstate.snapshot';
  /** The event before this snapshot. */
  readonly event: FeedObject & { readonly type: string };
  readonly snapshot: StatelyMachineSnapshot;
}

/** The known fields of a machine's snapshot, as XState writes it. */
export interface StatelyMachineSnapshot {
  readonly status: 'active' | 'done' | 'error' | 'stopped';
  readonly value: FeedJson;
  readonly context: FeedObject;
  readonly error?: string;
}
