/**
 * Redis in memory, as far as the simulation of many nodes needs it: channels, the stream of orders and leases. It counts
 * what each command and each message costs a real one. What scripts do is done here by a function of the same name.
 */

import { RedisDownError, type Redis, type RedisReply, type RedisScript } from '../../src/redis/redis.ts';
import type { Clock } from '../../src/system/clock.ts';

/** What a server of Redis was asked for, and what it has brought to subscribers. */
export interface RedisTraffic {
  /** Calls by their names: commands, scripts, and `PUBLISH`. */
  readonly calls: ReadonlyMap<string, number>;
  /** Messages that were brought, one for each subscriber. */
  readonly deliveries: number;
  /** The length of all of them, in characters. */
  readonly deliveredLength: number;
}

interface Order {
  readonly id: string;
  readonly fields: readonly string[];
}

type Listener = (message: string) => void;
type Twin = (keys: readonly string[], args: readonly string[]) => RedisReply;

export class MemoryRedis {
  readonly #clock: Clock;
  readonly #calls = new Map<string, number>();
  #deliveries = 0;
  #deliveredLength = 0;
  readonly #channels = new Map<string, Map<object, Listener>>();
  readonly #orders: Order[] = [];
  /** The end of each lease. */
  readonly #leases = new Map<string, number>();
  readonly #sets = new Map<string, Set<string>>();
  #leaseCount = 0;
  #data: string | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** What has come since the last call. */
  takeTraffic(): RedisTraffic {
    const taken = {
      calls: new Map(this.#calls),
      deliveries: this.#deliveries,
      deliveredLength: this.#deliveredLength,
    };
    this.#calls.clear();
    this.#deliveries = 0;
    this.#deliveredLength = 0;
    return taken;
  }

  /** The connection of one node. When it is closed, the node has died. */
  connect(): Redis {
    const self = {};
    let isOpen = true;
    const runScript = this.#run.bind(this);
    const runCommand = this.#command.bind(this);
    const publish = this.#publish.bind(this);
    const check = (): void => {
      if (!isOpen) throw new RedisDownError('the connection is closed');
    };
    return {
      isReady: true,
      isSharded: false,
      async run(script, keys, args) {
        check();
        return runScript(script, keys, args);
      },
      async command(_, words) {
        check();
        return runCommand(words);
      },
      async publish(channel, message) {
        check();
        publish(channel, message);
      },
      subscribe: async (channel, listener) => {
        this.#count('SUBSCRIBE');
        const listeners = this.#channels.get(channel) ?? new Map<object, Listener>();
        this.#channels.set(channel, listeners.set(self, listener));
      },
      unsubscribe: async (channel) => {
        this.#count('UNSUBSCRIBE');
        this.#channels.get(channel)?.delete(self);
      },
      onRestored: () => () => undefined,
      close: async () => {
        isOpen = false;
        for (const listeners of this.#channels.values()) listeners.delete(self);
      },
    };
  }

  #count(name: string): void {
    this.#calls.set(name, (this.#calls.get(name) ?? 0) + 1);
  }

  #publish(channel: string, message: string): number {
    this.#count('PUBLISH');
    const listeners = [...(this.#channels.get(channel)?.values() ?? [])];
    this.#deliveries += listeners.length;
    this.#deliveredLength += listeners.length * message.length;
    for (const listener of listeners) queueMicrotask(() => listener(message));
    return listeners.length;
  }

  #command(words: readonly string[]): RedisReply {
    const [name = '', key = '', ...rest] = words;
    this.#count(name);
    switch (name) {
      case 'XREVRANGE':
        return this.#orders.slice(-1).map(({ id, fields }) => [id, fields]);
      case 'XRANGE': {
        const after = this.#orders.findIndex(({ id }) => `(${id}` === rest[0]);
        return this.#orders
          .slice(after + 1, after + 1 + Number(rest[3]))
          .map(({ id, fields }) => [id, fields]);
      }
      case 'SMEMBERS':
        return [...(this.#sets.get(key) ?? [])];
      default:
        throw new Error(`the simulation has no ${name}`);
    }
  }

  #run(script: RedisScript, keys: readonly string[], args: readonly string[]): RedisReply {
    this.#count(script.name);
    const twin = this.#twins[script.name];
    if (twin === undefined) throw new Error(`the simulation has no script ${script.name}`);
    return twin(keys, args);
  }

  readonly #twins: Readonly<Record<string, Twin>> = {
    giveOrder: ([, control = ''], [body = '', , , , newEpoch = '', , letter = '']) => {
      const latest = this.#orders.at(-1);
      const [previous, epoch] = [latest?.id ?? '0-0', latest?.fields[1] ?? newEpoch];
      const id = `${this.#clock.monotonic()}-${this.#orders.length}`;
      this.#orders.push({ id, fields: ['epoch', epoch, 'previous', previous, 'body', body] });
      this.#publish(control, `${letter}${id} ${previous} ${epoch} ${body}`);
      return id;
    },
    tellNode: ([channel = ''], [message = '']) => this.#publish(channel, message),
    'lease.beat': (_, [given = '', node = '', life, mayEnd, most, sets = '', data = '']) => {
      const now = this.#clock.monotonic();
      this.#data ??= data;
      const end = this.#leases.get(given);
      const known = end === undefined ? 'none' : end > now ? 'valid' : 'late';
      const lease = known === 'none' ? `${(this.#leaseCount += 1)}:${node}` : given;
      this.#leases.set(lease, now + Number(life));
      const orphans = this.#setOf('orphans');
      if (mayEnd === '1') {
        for (const [dead, until] of this.#leases) {
          if (until > now) continue;
          this.#leases.delete(dead);
          for (const room of this.#setOf(sets + dead)) orphans.add(room);
          this.#sets.delete(sets + dead);
        }
      }
      const taken = [...orphans].slice(0, Number(most));
      for (const room of taken) {
        orphans.delete(room);
        this.#setOf(sets + lease).add(room);
      }
      return [known, lease, this.#data, String(this.#leaseCount), [...this.#leases.keys()], taken];
    },
  };

  #setOf(key: string): Set<string> {
    const found = this.#sets.get(key) ?? new Set<string>();
    this.#sets.set(key, found);
    return found;
  }
}
