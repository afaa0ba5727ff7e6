/** A client of the published SDK that watches a room, by any way, and goes to another node when its own is not there. */

import { Centrifuge, type Subscription } from 'centrifuge';
import { EventSource, type EventSourceInit } from 'eventsource';
import { onTestFinished } from 'vitest';
import { WebSocket } from 'ws';
import { signToken } from '../../../src/auth/token-harness.ts';
import type { Reachable } from '../../support/start-server.ts';

/** Stands for the node that is asked, which is chosen for each request. */
const PLACE = 'http://node.invalid/';
/** Where nobody listens. */
const NOWHERE = 'http://127.0.0.1:1/';

export type Way = 'websocket' | 'http_stream' | 'sse';

/** What a client saw while it could count on having missed nothing. */
interface Segment {
  readonly epoch: string;
  /** Where the stream stood at its beginning. */
  readonly from: number;
  readonly seen: { readonly data: string; readonly offset: number }[];
}

export interface ObserverOptions {
  readonly room: string;
  readonly way: Way;
  /** Nothing: anonymous. */
  readonly user?: string | undefined;
  /** Those that run. */
  readonly nodes: () => readonly Reachable[];
  /** The one to which it connects as long as it runs. */
  readonly node: Reachable;
}

export class Observer {
  readonly name: string;
  readonly user: string | undefined;
  readonly subscription: Subscription;
  readonly segments: Segment[] = [];
  /** Faults that no order of events excuses. */
  readonly faults: string[] = [];
  isLost = false;
  readonly #centrifuge: Centrifuge;
  #socket: WebSocket | undefined;

  constructor(options: ObserverOptions) {
    const { room, way, user, nodes, node } = options;
    this.name = `${user ?? 'anonymous'} by ${way}`;
    this.user = user;
    const locate = (address: string | URL, anyNode = false): string => {
      const all = nodes();
      const chosen = !anyNode && all.includes(node) ? node : all[Math.floor(Math.random() * all.length)];
      const origin = this.isLost ? NOWHERE : (chosen?.url ?? NOWHERE);
      return String(address).replace(PLACE, origin);
    };
    const setSocket = (socket: WebSocket): void => {
      this.#socket = socket;
    };
    class Socket extends WebSocket {
      constructor(address: string) {
        super(locate(address).replace('http', 'ws'));
        setSocket(this);
      }
    }
    class Events extends EventSource {
      constructor(address: string | URL, init?: EventSourceInit) {
        super(locate(address), init);
      }
    }
    this.#centrifuge = new Centrifuge([{ transport: way, endpoint: `${PLACE}connection/${way}` }], {
      emulationEndpoint: `${PLACE}emulation`,
      // What a stream says may reach any node.
      fetch: (address: string, init: RequestInit) =>
        fetch(locate(address, address.endsWith('emulation')), init),
      websocket: Socket,
      eventsource: Events,
      minReconnectDelay: 20,
      maxReconnectDelay: 500,
      ...(user !== undefined && {
        getToken: () => signToken({ sub: user, exp: Math.floor(Date.now() / 1000) + 3_600 }),
      }),
    });
    onTestFinished(() => this.#centrifuge.disconnect());
    this.#centrifuge.on('disconnected', ({ code, reason }) => {
      if (code > 0) this.faults.push(`it was disconnected for good: ${code} ${reason}`);
    });
    this.subscription = this.#centrifuge.newSubscription(room, {
      recoverable: true,
      positioned: true,
      minResubscribeDelay: 20,
      maxResubscribeDelay: 500,
    });
    this.#watch(this.subscription);
    this.#centrifuge.connect();
    this.subscription.subscribe();
  }

  /** The id of the connection, which the SDK keeps to itself. */
  get clientId(): string {
    return String((this.#centrifuge as unknown as { readonly _client: unknown })._client);
  }

  /** Where the stream stands for it. */
  get latest(): number {
    const segment = this.segments.at(-1);
    return segment?.seen.at(-1)?.offset ?? segment?.from ?? 0;
  }

  /** Its network is gone for good. Only for WebSockets. */
  lose(): void {
    this.isLost = true;
    this.#socket?.terminate();
  }

  #watch(subscription: Subscription): void {
    subscription.on('subscribed', ({ recovered, streamPosition }) => {
      // Publications that were recovered come after this event.
      const now = this.segments.at(-1);
      if (recovered && now !== undefined) return;
      this.segments.push({
        epoch: streamPosition?.epoch ?? '',
        from: streamPosition?.offset ?? 0,
        seen: [],
      });
    });
    subscription.on('publication', ({ data, offset = 0 }) => this.#see(String(data), offset));
    subscription.on('unsubscribed', ({ code, reason }) => {
      if (code >= 100) this.faults.push(`it was unsubscribed: ${code} ${reason}`);
    });
  }

  #see(data: string, offset: number): void {
    const segment = this.segments.at(-1);
    if (segment === undefined) {
      this.faults.push(`${data} came before the subscription`);
      return;
    }
    const expected = (segment.seen.at(-1)?.offset ?? segment.from) + 1;
    if (offset !== expected) this.faults.push(`${data} has the offset ${offset} where ${expected} follows`);
    segment.seen.push({ data, offset });
  }
}
