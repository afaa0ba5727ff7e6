/**
 * A table that all nodes have whole, and that a store keeps. What changes holds at once, before the store has it. What the
 * rows are is not known here.
 */

import type { EventSink } from '../events/server-events.ts';
import { startQuietTimer, type Clock } from '../system/clock.ts';
import { settleInTime } from '../system/settle-in-time.ts';

/** How long a store is waited for. It may go on after that. */
const DEADLINE_MS = 5_000;
/** How long a store that has failed is let alone. */
const RETRY_MS = 1_000;

export interface TableStore<Row, Change> {
  load(): Promise<readonly Row[]>;
  write(changes: readonly Change[]): Promise<void>;
  close(): Promise<void>;
  /** Set where the store may be out of reach: tells when it is there again, and whether it has lost all. Returns what ends it. */
  onRestored?(listener: (isEmptied?: boolean) => void): () => void;
}

export interface KeptTableInput<Row, Change> {
  readonly store: TableStore<Row, Change>;
  readonly clock: Clock;
  readonly events: EventSink;
  /** Of a row; it differs for each. */
  readonly keyOf: (row: Row) => string;
  /** How the store is told of a row. */
  readonly toChange: (row: Row) => Change;
  /** Rows that the store had and this node did not, and those of this node that it has no more. */
  readonly onLoaded?: ((added: readonly Row[], gone: readonly Row[]) => void) | undefined;
  /** A store that had lost everything has all rows of this node again: others may not have them. */
  readonly onToldAgain?: (() => void) | undefined;
  /** For errors: what is kept. */
  readonly name: string;
}

export class KeptTable<Row, Change> {
  readonly #input: KeptTableInput<Row, Change>;
  readonly #late: string;
  #rows = new Map<string, Row>();
  /** What the store is to be told, the latest of each row. */
  #unwritten = new Map<string, Change>();
  /** The rows that have changed while the store is read. */
  #changed: Set<string> | undefined;
  #writing: Promise<void> | undefined;
  #loading: Promise<void> | undefined;
  #retry: unknown;
  #loadRetry: unknown;
  #stopListening: () => void = () => undefined;
  #isLoaded = false;
  /** The store has lost everything since it was read last. */
  #isEmptied = false;
  /** It was told again, and may not have it yet. */
  #isToldAgain = false;
  /** Whether it was told that the store fails, and it has not worked since. */
  #isFailureTold = false;
  #isClosed = false;

  constructor(input: KeptTableInput<Row, Change>) {
    this.#input = input;
    this.#late = `the store of ${input.name} needs too long`;
  }

  get rows(): ReadonlyMap<string, Row> {
    return this.#rows;
  }

  /** Whether the store may have rows that are not known here. */
  get isUnknown(): boolean {
    return !this.#isLoaded && this.#input.store.onRestored !== undefined;
  }

  /**
   * Reads the store, and does so again each time it is restored. What has been said since stays.
   * @throws the error of a store that is never restored.
   */
  async load(): Promise<void> {
    const { store } = this.#input;
    if (store.onRestored === undefined) {
      await this.#loadOnce();
      return;
    }
    this.#stopListening = store.onRestored((isEmptied) => {
      this.#isEmptied ||= isEmptied === true;
      void this.#loadAgain();
    });
    await this.#loadAgain();
  }

  /** Reads a store again that another node has told again. What is being read now may be older. */
  reload(): void {
    if (this.#input.store.onRestored === undefined || this.#isClosed) return;
    void (this.#loading ?? Promise.resolve()).then(() => this.#loadAgain());
  }

  set(row: Row): void {
    this.#rows.set(this.#input.keyOf(row), row);
    this.#change(this.#input.keyOf(row), this.#input.toChange(row));
  }

  /** @param change How the store is told. */
  delete(key: string, change: Change): void {
    this.#rows.delete(key);
    this.#change(key, change);
  }

  /** Forgets a row of which the store need not be told. */
  drop(key: string): void {
    this.#rows.delete(key);
  }

  /** Resolves when the store has everything that was said before; rejects when it has failed, or needs longer than 5 seconds. */
  async written(): Promise<void> {
    const hasAll = this.#writing === undefined && this.#unwritten.size === 0;
    if (hasAll || !this.#isLoaded) return;
    try {
      await settleInTime(this.#input.clock, this.#writeRest(), DEADLINE_MS, this.#late);
    } catch (error) {
      if (error instanceof Error && error.message === this.#late) this.#tellFailure(error);
      throw error;
    }
  }

  async close(): Promise<void> {
    const { clock, store } = this.#input;
    this.#isClosed = true;
    this.#stopListening();
    clock.clearTimeout(this.#retry);
    clock.clearTimeout(this.#loadRetry);
    await this.written().catch(() => undefined);
    await settleInTime(clock, store.close(), DEADLINE_MS, this.#late);
  }

  /** One at a time; what fails is tried again. */
  #loadAgain(): Promise<void> {
    const { clock } = this.#input;
    this.#loading ??= settleInTime(clock, this.#loadOnce(), DEADLINE_MS, this.#late)
      .catch((error: unknown) => {
        if (this.#isClosed) return;
        this.#tellFailure(error);
        clock.clearTimeout(this.#loadRetry);
        this.#loadRetry = startQuietTimer(clock, () => void this.#loadAgain(), RETRY_MS);
      })
      .finally(() => {
        this.#loading = undefined;
      });
    return this.#loading;
  }

  async #loadOnce(): Promise<void> {
    const { store, keyOf } = this.#input;
    const changed = new Set(this.#unwritten.keys());
    this.#changed = changed;
    const loaded = new Map((await store.load()).map((row) => [keyOf(row), row]));
    this.#changed = undefined;
    // A store that has nothing has lost it, also where it does not say so.
    const hasLost = this.#isEmptied || (loaded.size === 0 && this.#rows.size > 0);
    this.#isEmptied = false;
    if (hasLost) this.#tellAgain(loaded);
    this.#take(loaded, changed);
    this.#isLoaded = true;
    if (this.#unwritten.size > 0) await this.written();
    this.#isFailureTold = false;
    if (!this.#isToldAgain) return;
    this.#isToldAgain = false;
    this.#input.onToldAgain?.();
  }

  /** Tells the store what it has lost, and adds that to what it has. */
  #tellAgain(loaded: Map<string, Row>): void {
    for (const [key, row] of this.#rows) {
      if (loaded.has(key)) continue;
      loaded.set(key, row);
      this.set(row);
      this.#isToldAgain = true;
    }
  }

  #take(loaded: ReadonlyMap<string, Row>, changed: ReadonlySet<string>): void {
    const known = this.#rows;
    const added: Row[] = [];
    const gone: Row[] = [];
    for (const [key, row] of known) {
      if (loaded.has(key) || changed.has(key)) continue;
      known.delete(key);
      gone.push(row);
    }
    for (const [key, row] of loaded) {
      if (changed.has(key)) continue;
      if (!known.has(key)) added.push(row);
      known.set(key, row);
    }
    this.#input.onLoaded?.(added, gone);
  }

  /** Once: it is tried again each second. */
  #tellFailure(error: unknown): void {
    if (!this.#isFailureTold) this.#input.events.emit('store.failed', { error });
    this.#isFailureTold = true;
  }

  async #writeRest(): Promise<void> {
    // A write that is under way may have begun before.
    await this.#writing?.catch(() => undefined);
    if (this.#unwritten.size > 0) await this.#write();
  }

  #change(key: string, change: Change): void {
    this.#changed?.add(key);
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
    const { store } = this.#input;
    while (this.#unwritten.size > 0) {
      const changes = this.#unwritten;
      this.#unwritten = new Map();
      try {
        await store.write([...changes.values()]);
        this.#isFailureTold = false;
      } catch (error) {
        // What was said later counts.
        this.#unwritten = new Map([...changes, ...this.#unwritten]);
        this.#tellFailure(error);
        this.#tryLater();
        throw error;
      }
    }
  }

  #tryLater(): void {
    if (this.#isClosed) return;
    const { clock } = this.#input;
    clock.clearTimeout(this.#retry);
    this.#retry = startQuietTimer(clock, () => void this.#write().catch(() => undefined), RETRY_MS);
  }
}
