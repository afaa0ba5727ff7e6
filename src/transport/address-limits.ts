/** How many connections an address may have, and how often it may ask for one. */

import type { ReachedLimit } from '../protocol/grounds.ts';
import { toAddressBlock } from '../system/addresses.ts';
import type { Clock } from '../system/clock.ts';
import { isLoopbackHost } from '../system/loopback.ts';
import { RateTable } from '../system/rate-table.ts';
import { raiseCount } from '../system/raise-count.ts';

/**
 * Handshakes a second by address, where the setting does not say. It is meant for crowds behind one address, such as those of
 * a mobile network, that connect again at once.
 */
const DEFAULT_HANDSHAKES_PER_SECOND = 200;
/** So many seconds' worth of handshakes may come at once. */
const BURST_SECONDS = 5;
/** How many addresses are remembered that have asked lately. */
const MAX_ADDRESSES = 100_000;

export interface AddressLimitsOptions {
  /** 0: any number. */
  readonly connectionsPerAddress: number;
  /** 0: any number. Undefined: the default, and any number for programs of this machine. */
  readonly handshakesPerSecond?: number | undefined;
  readonly clock: Pick<Clock, 'monotonic'>;
}

/** Why an address gets no connection now. */
export interface AddressRefusal {
  readonly message: string;
  readonly limit: ReachedLimit;
  /** When it may try again, in seconds, where that is known. */
  readonly retrySeconds?: number;
}

/** An IPv6 address counts as the network of its first 64 bits. */
export class AddressLimits {
  readonly #connections: number;
  readonly #handshakes: RateTable | undefined;
  readonly #perSecond: number;
  readonly #sparesLoopback: boolean;
  readonly #clock: Pick<Clock, 'monotonic'>;
  /** How many connections each address has; empty where they are not limited. */
  readonly #counts = new Map<string, number>();

  constructor({ connectionsPerAddress, handshakesPerSecond, clock }: AddressLimitsOptions) {
    const perSecond = handshakesPerSecond ?? DEFAULT_HANDSHAKES_PER_SECOND;
    this.#connections = connectionsPerAddress;
    this.#perSecond = perSecond;
    this.#sparesLoopback = handshakesPerSecond === undefined;
    this.#handshakes =
      perSecond === 0
        ? undefined
        : new RateTable({ perSecond, burst: perSecond * BURST_SECONDS }, MAX_ADDRESSES);
    this.#clock = clock;
  }

  /** Counts a handshake, and tells why it is refused. */
  refuse(address: string): AddressRefusal | undefined {
    return this.#refuseHandshake(address) ?? this.#refuseConnection(address);
  }

  opened(address: string): void {
    if (this.#connections === 0) return;
    raiseCount(this.#counts, toAddressBlock(address));
  }

  closed(address: string): void {
    if (this.#connections === 0) return;
    const block = toAddressBlock(address);
    const count = (this.#counts.get(block) ?? 0) - 1;
    if (count > 0) this.#counts.set(block, count);
    else this.#counts.delete(block);
  }

  #refuseHandshake(address: string): AddressRefusal | undefined {
    if (this.#handshakes === undefined || (this.#sparesLoopback && isLoopbackHost(address))) return undefined;
    const waitMs = this.#handshakes.take(toAddressBlock(address), this.#clock.monotonic());
    if (waitMs === 0) return undefined;
    return {
      message: 'this address connects too often, try again later',
      limit: { name: 'limits.handshakesPerSecond', value: this.#perSecond },
      retrySeconds: Math.ceil(waitMs / 1000),
    };
  }

  #refuseConnection(address: string): AddressRefusal | undefined {
    if (this.#connections === 0) return undefined;
    const count = this.#counts.get(toAddressBlock(address)) ?? 0;
    if (count < this.#connections) return undefined;
    return {
      message: `this address has ${this.#connections} connections already`,
      limit: { name: 'limits.connectionsPerAddress', value: this.#connections, actual: count + 1 },
    };
  }
}
