/** The health of the server, for load balancers, people and the pages. */

import { jsonResponse } from '../transport/common/responses.ts';
import type { Route } from './router.ts';

/** The one path that a draining server still answers. */
export const HEALTH_PATH = '/health';

export interface Health {
  /** `degraded`: the server works, but something that it needs does not, or is nearly used up. */
  readonly status: 'ok' | 'degraded' | 'draining';
  /** Why it is degraded, a sentence each; absent when it is not. */
  readonly reasons?: readonly string[];
  readonly version: string;
  readonly uptimeSeconds: number;
  /** Open connections. */
  readonly connections: number;
  /** Rooms in memory. */
  readonly rooms: number;
  readonly store: 'ok' | 'failing';
  /** How many rooms of an earlier run are read or opened already; absent when all are. */
  readonly restoring?: { readonly step: 'read' | 'opened'; readonly done: number; readonly total: number };
  /** What carries WebSockets and HTTP, and why `auto` did not choose uWebSockets.js. */
  readonly transport: { readonly name: 'uws' | 'ws' | 'custom'; readonly reason?: string };
  /** All processes behind this address, this one included; absent where there is one. The counts above are of this one. */
  readonly workers?: readonly WorkerHealth[];
  /** The failures of the store, for a few of the rooms; absent when there are none. */
  readonly errors?: readonly { readonly room: string; readonly message: string }[];
  /** The state of each servant's proxy, such as `ready.circuit.closed`; absent when there are none. */
  readonly servants?: Readonly<Record<string, string>>;
  /**
   * How many addresses that were asked a question so far are in which state, such as `serving.open`; absent when there are
   * none. Which ones they are is not for everybody.
   */
  readonly backends?: Readonly<Record<string, number>>;
  /** How each server of Redis is; absent when there are none. */
  readonly redis?: readonly RedisLinkHealth[];
  /** How each webhook is, by its name; absent when there are none. */
  readonly webhooks?: Readonly<Record<string, WebhookHealth>>;
  readonly features: {
    readonly userParameter: boolean;
    /** The example servant runs, and every room may call it as `hello`. */
    readonly demo: boolean;
    /** The inspector is served at `/inspector`. */
    readonly inspector: boolean;
    /** It takes visitors without a token: everybody, or those on this machine. */
    readonly inspectorOpen: boolean;
  };
}

/** One of the processes that serve together. */
export interface WorkerHealth {
  /** From 1. */
  readonly worker: number;
  readonly pid?: number;
  /** As the primary process sees it: `starting`, `listening`, `silent`, `retiring` or `resting` before a restart. */
  readonly state: string;
  readonly connections: number;
  readonly rooms: number;
}

export interface RedisLinkHealth {
  /** HOST:PORT, with the database if it is another one than 0. */
  readonly address: string;
  /** Such as `ready`, `silent` or `rebuilding`. */
  readonly state: string;
  /** Why it is not ready. */
  readonly error?: string;
}

export interface WebhookHealth {
  /** The state of its delivery, such as `idle` or `waiting`. */
  readonly state: string;
  /** Events that are not taken yet. */
  readonly waiting: number;
  /** The age of the oldest of them, in seconds; absent when there are none. */
  readonly oldestSeconds?: number;
  /** Events that are lost, since the server started. */
  readonly dropped: number;
}

/** 200, or 503 while draining. */
export function createHealthRoute(read: () => Health): Route {
  return {
    methods: ['GET', 'HEAD'],
    path: HEALTH_PATH,
    handle() {
      const health = read();
      return jsonResponse(health.status === 'draining' ? 503 : 200, health);
    },
  };
}
