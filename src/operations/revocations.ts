/**
 * Who and what is not believed any more, on this node: asked at each proof, and kept in a store. What changes holds at once,
 * before the store has it.
 */

import type { RevocationCheck, RevokedClose, TokenMark } from '../actors/room/rules/revocation-check.ts';
import type { EventSink } from '../events/server-events.ts';
import {
  keyOf,
  type Revocation,
  type RevocationChange,
  type RevocationStore,
  type Revoked,
  type RevokedToken,
  type RevokedUser,
} from '../storage/revocations/revocation-store.ts';
import { startQuietTimer, type Clock } from '../system/clock.ts';
import { settleInTime } from '../system/settle-in-time.ts';

/** Most revocations that hold at a time. */
const MAX_REVOCATIONS = 100_000;
/** How long a store is waited for. It may go on after that. */
const DEADLINE_MS = 5_000;
/** How long a store that has failed is let alone. */
const RETRY_MS = 1_000;

const LATE = 'the store of revocations needs too long';

export interface RevocationsInput {
  readonly store: RevocationStore;
  readonly clock: Clock;
  readonly events: EventSink;
  /** Default 100,000. */
  readonly maxRevocations?: number;
}

export class Revocations implements RevocationCheck {
  readonly #store: RevocationStore;
  readonly #clock: Clock;
  readonly #events: EventSink;
  readonly #max: number;
  readonly #tokens = new Map<string, RevokedToken>();
  readonly #users = new Map<string, RevokedUser>();
  /** What the store is to be told, the latest of each token and user. */
  #unwritten = new Map<string, RevocationChange>();
  #writing: Promise<void> | undefined;
  #retry: unknown;
  #isLoaded = false;
  #isClosed = false;

  constructor({ store, clock, events, maxRevocations = MAX_REVOCATIONS }: RevocationsInput) {
    this.#store = store;
    this.#clock = clock;
    this.#events = events;
    this.#max = maxRevocations;
  }

  /** Reads the store. What has been said since stays. */
  async load(): Promise<void> {
    for (const revocation of await this.#store.load()) {
      if (!this.#unwritten.has(keyOf(revocation))) this.#hold(revocation);
    }
    this.#isLoaded = true;
    if (this.#unwritten.size > 0) await this.written();
  }

  /** Whether it can be added: there are not too many, or it is known already and replaced. */
  takes(what: Revoked): boolean {
    if (this.#size < this.#max || this.#find(what) !== undefined) return true;
    this.#dropOver();
    return this.#size < this.#max;
  }

  check(user: string | undefined, token: TokenMark | undefined): RevokedClose | undefined {
    if (this.#size === 0) return undefined;
    const now = this.#clock.now();
    const ofToken = token?.id === undefined ? undefined : this.#tokens.get(token.id);
    if (ofToken !== undefined && ofToken.until > now) return 'invalidToken';
    const ofUser = user === undefined ? undefined : this.#users.get(user);
    if (ofUser === undefined || (ofUser.until ?? Infinity) <= now) return undefined;
    const { issuedBefore } = ofUser;
    if (issuedBefore === undefined) return 'permissionDenied';
    // Who comes without a token is proven now, by another way.
    if (token === undefined) return undefined;
    return (token.issuedAt ?? -Infinity) < issuedBefore ? 'permissionDenied' : undefined;
  }

  /** False if it is one too many. */
  add(revocation: Revocation): boolean {
    if (!this.takes(revocation)) return false;
    this.#hold(revocation);
    this.#change({ type: 'add', revocation });
    return true;
  }

  /** Returns whether there was such a revocation. */
  lift(what: Revoked): boolean {
    const known = this.#find(what);
    if (known === undefined) return false;
    if ('token' in what) this.#tokens.delete(what.token);
    else this.#users.delete(what.user);
    this.#change({ type: 'lift', what });
    return (known.until ?? Infinity) > this.#clock.now();
  }

  list(): Revocation[] {
    this.#dropOver();
    return [...this.#users.values(), ...this.#tokens.values()];
  }

  /** Resolves when the store has everything that was said before; rejects when it has failed, or needs longer than 5 seconds. */
  async written(): Promise<void> {
    const hasAll = this.#writing === undefined && this.#unwritten.size === 0;
    if (hasAll || !this.#isLoaded) return;
    try {
      await settleInTime(this.#clock, this.#writeRest(), DEADLINE_MS, LATE);
    } catch (error) {
      if (error instanceof Error && error.message === LATE) this.#events.emit('store.failed', { error });
      throw error;
    }
  }

  async #writeRest(): Promise<void> {
    // A write that is under way may have begun before.
    await this.#writing?.catch(() => undefined);
    if (this.#unwritten.size > 0) await this.#write();
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#clock.clearTimeout(this.#retry);
    await this.written().catch(() => undefined);
    await settleInTime(this.#clock, this.#store.close(), DEADLINE_MS, LATE);
  }

  get #size(): number {
    return this.#tokens.size + this.#users.size;
  }

  #find(what: Revoked): Revocation | undefined {
    return 'token' in what ? this.#tokens.get(what.token) : this.#users.get(what.user);
  }

  #hold(revocation: Revocation): void {
    if ('token' in revocation) this.#tokens.set(revocation.token, revocation);
    else this.#users.set(revocation.user, revocation);
  }

  #dropOver(): void {
    const now = this.#clock.now();
    for (const [token, { until }] of this.#tokens) if (until <= now) this.#tokens.delete(token);
    for (const [user, { until = Infinity }] of this.#users) if (until <= now) this.#users.delete(user);
  }

  #change(change: RevocationChange): void {
    const key = keyOf(change.type === 'add' ? change.revocation : change.what);
    this.#unwritten.delete(key);
    this.#unwritten.set(key, change);
    if (this.#isLoaded) this.#write().catch(() => undefined);
  }

  /** One write at a time: what comes meanwhile goes with the next one. */
  #write(): Promise<void> {
    this.#writing ??= this.#writeAll().finally(() => {
      this.#writing = undefined;
    });
    return this.#writing;
  }

  async #writeAll(): Promise<void> {
    while (this.#unwritten.size > 0) {
      const changes = this.#unwritten;
      this.#unwritten = new Map();
      try {
        await this.#store.write([...changes.values()]);
      } catch (error) {
        // What was said later counts.
        this.#unwritten = new Map([...changes, ...this.#unwritten]);
        this.#events.emit('store.failed', { error });
        this.#tryLater();
        throw error;
      }
    }
  }

  #tryLater(): void {
    if (this.#isClosed) return;
    this.#clock.clearTimeout(this.#retry);
    this.#retry = startQuietTimer(this.#clock, () => void this.#write().catch(() => undefined), RETRY_MS);
  }
}
