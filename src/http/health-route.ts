/** Tells a load balancer, a person and the pages how the server is. */

import { jsonResponse } from '../transport/responses.ts';
import type { Route } from './router.ts';

/** The one path that a draining server still answers. */
export const HEALTH_PATH = '/health';

export interface Health {
  /** `degraded`: it works, and its store does not. */
  readonly status: 'ok' | 'degraded' | 'draining';
  readonly version: string;
  readonly uptimeSeconds: number;
  /** Open connections. */
  readonly connections: number;
  /** Rooms in memory. */
  readonly rooms: number;
  readonly store: 'ok' | 'failing';
  /** What is wrong with the store, while something is; a few rooms stand for all. */
  readonly errors?: readonly { readonly room: string; readonly message: string }[];
  /** The state of each servant's proxy, such as `ready.circuit.closed`; absent when there are none. */
  readonly servants?: Readonly<Record<string, string>>;
  readonly features: {
    readonly userParameter: boolean;
    /** The example servant runs, and every room may call it as `hello`. */
    readonly demo: boolean;
    /** The machines can be watched at `/inspector`, by whoever may. */
    readonly inspector: boolean;
  };
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
