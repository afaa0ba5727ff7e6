/** Who and what is not believed any more, on this node: asked at each proof, and kept in a store. */

import type { RevocationCheck, RevokedClose, TokenMark } from '../actors/room/rules/revocation-check.ts';
import type { EventSink } from '../events/server-events.ts';
import {
  keyOf,
  type Revocation,
  type RevocationChange,
  type RevocationStore,
  type Revoked,
} from '../storage/revocations/revocation-store.ts';
import type { Clock } from '../system/clock.ts';
import { KeptTable } from './kept-table.ts';

/** Most revocations that hold at a time. */
const MAX_REVOCATIONS = 100_000;

export interface RevocationsInput {
  readonly store: RevocationStore;
  readonly clock: Clock;
  readonly events: EventSink;
  /** Called with those that other nodes have stored, when the store is read again. */
  readonly onFound?: (revocations: readonly Revocation[]) => void;
  /** Called when a store that had lost everything was told again: other nodes are to read it. */
  readonly onToldAgain?: () => void;
  /** Default 100,000. */
  readonly maxRevocations?: number;
}

export class Revocations implements RevocationCheck {
  readonly #table: KeptTable<Revocation, RevocationChange>;
  readonly #clock: Clock;
  readonly #max: number;
  #wasRead = false;

  constructor({
    store,
    clock,
    events,
    onFound,
    onToldAgain,
    maxRevocations = MAX_REVOCATIONS,
  }: RevocationsInput) {
    this.#clock = clock;
    this.#max = maxRevocations;
    this.#table = new KeptTable({
      store,
      clock,
      events,
      keyOf,
      toChange: (revocation) => ({ type: 'add', revocation }),
      onLoaded: (added) => {
        // Before the first time, nobody with a token was let in.
        onFound?.(this.#wasRead ? added : added.filter((one) => 'user' in one));
        this.#wasRead = true;
      },
      onToldAgain,
      name: 'revocations',
    });
  }

  /** Reads the store. What has been said since stays. */
  load(): Promise<void> {
    return this.#table.load();
  }

  /** Another node has told the store again what it had lost. */
  reload(): void {
    this.#table.reload();
  }

  /** Whether it can be added: there are not too many, or it is known already and replaced. */
  takes(what: Revoked): boolean {
    const { rows } = this.#table;
    if (rows.size < this.#max || rows.has(keyOf(what))) return true;
    this.#dropOver();
    return rows.size < this.#max;
  }

  check(user: string | undefined, token: TokenMark | undefined): RevokedClose | undefined {
    const { rows, isUnknown } = this.#table;
    if (isUnknown && (user !== undefined || token !== undefined)) return 'internal';
    if (rows.size === 0) return undefined;
    const now = this.#clock.now();
    const ofToken = token?.id === undefined ? undefined : rows.get(keyOf({ token: token.id }));
    if (ofToken !== undefined && isOn(ofToken, now)) return 'invalidToken';
    const ofUser = user === undefined ? undefined : rows.get(keyOf({ user }));
    if (ofUser === undefined || !('user' in ofUser) || !isOn(ofUser, now)) return undefined;
    const { issuedBefore } = ofUser;
    if (issuedBefore === undefined) return 'permissionDenied';
    // Who comes without a token is proven now, by another way.
    if (token === undefined) return undefined;
    return (token.issuedAt ?? -Infinity) < issuedBefore ? 'permissionDenied' : undefined;
  }

  /** False if it is one too many. */
  add(revocation: Revocation): boolean {
    if (!this.takes(revocation)) return false;
    this.#table.set(revocation);
    return true;
  }

  /** Returns whether there was such a revocation. */
  lift(what: Revoked): boolean {
    const known = this.#table.rows.get(keyOf(what));
    if (known === undefined) return false;
    this.#table.delete(keyOf(what), { type: 'lift', what });
    return isOn(known, this.#clock.now());
  }

  /** Users first. */
  list(): Revocation[] {
    this.#dropOver();
    const all = [...this.#table.rows.values()];
    return [...all.filter((one) => 'user' in one), ...all.filter((one) => 'token' in one)];
  }

  /** Resolves when the store has everything that was said before; rejects when it has failed, or needs longer than 5 seconds. */
  written(): Promise<void> {
    return this.#table.written();
  }

  close(): Promise<void> {
    return this.#table.close();
  }

  #dropOver(): void {
    const now = this.#clock.now();
    for (const [key, one] of this.#table.rows) if (!isOn(one, now)) this.#table.drop(key);
  }
}

function isOn({ until = Infinity }: Revocation, now: number): boolean {
  return until > now;
}
