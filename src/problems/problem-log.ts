/**
 * What went wrong in the last hour, bounded. The same thing again, to the same client in the same room, only raises a
 * count: one client's flood never pushes out what others were refused.
 */

import type { LoggedProblem, Problem, ProblemQuery } from '../events/problem.ts';
import { createPatternCheck } from '../protocol/room-patterns.ts';
import type { Clock } from '../system/clock.ts';

/** How long a problem is kept after it was seen last. */
const KEEP_MS = 3_600_000;
/** How many different problems are kept; of more, those that were seen longest ago are forgotten. */
const MOST = 10_000;
/** How many different problems of one connection, or of one address, are kept. */
const MOST_OF_OWNER = 100;

interface Entry {
  readonly key: string;
  readonly id: number;
  readonly since: number;
  problem: Problem;
  at: number;
  count: number;
}

type Told = (problem: LoggedProblem) => void;

export class ProblemLog {
  readonly #clock: Pick<Clock, 'now'>;
  readonly #most: number;
  /** By what makes a problem the same; what was seen last stands last. */
  readonly #entries = new Map<string, Entry>();
  readonly #ofOwner = new Map<string, Set<Entry>>();
  readonly #listeners = new Set<Told>();
  #lastId = 0;

  constructor(clock: Pick<Clock, 'now'>, most: number = MOST) {
    this.#clock = clock;
    this.#most = most;
  }

  /** How many different problems are kept. */
  get size(): number {
    return this.#entries.size;
  }

  add(problem: Problem): void {
    const at = this.#clock.now();
    this.#forgetBefore(at - KEEP_MS);
    const key = keyOf(problem);
    const known = this.#entries.get(key);
    const entry = known ?? { key, id: (this.#lastId += 1), since: at, problem, at, count: 0 };
    entry.problem = problem;
    entry.at = at;
    entry.count += 1;
    this.#entries.delete(key);
    this.#entries.set(key, entry);
    if (known === undefined) this.#index(entry);
    for (const listener of this.#listeners) listener(view(entry));
  }

  /**
   * The problems that fit, those that were seen last first.
   * @param most how many at most. Default 100.
   */
  find(query: ProblemQuery = {}, most: number = 100): LoggedProblem[] {
    this.#forgetBefore(this.#clock.now() - KEEP_MS);
    const entries =
      query.client === undefined ? [...this.#entries.values()] : [...(this.#ofOwner.get(query.client) ?? [])];
    const isListed = query.rooms && createPatternCheck(query.rooms);
    const found = entries
      .filter((entry) => fits(entry, query, isListed))
      .toSorted((a, b) => b.at - a.at || b.id - a.id);
    return found.slice(0, most).map(view);
  }

  /** Calls a listener for each problem that is added, again for each repetition. Returns what ends that. */
  listen(listener: Told): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  #index(entry: Entry): void {
    const owner = ownerOf(entry);
    if (owner !== undefined) {
      const own = this.#ofOwner.get(owner) ?? new Set();
      this.#ofOwner.set(owner, own.add(entry));
      if (own.size > MOST_OF_OWNER) this.#forget(oldestOf(own));
    }
    const [oldest] = this.#entries.values();
    if (this.#entries.size > this.#most && oldest !== undefined) this.#forget(oldest);
  }

  #forgetBefore(date: number): void {
    for (const entry of this.#entries.values()) {
      if (entry.at >= date) return;
      this.#forget(entry);
    }
  }

  #forget(entry: Entry): void {
    this.#entries.delete(entry.key);
    const owner = ownerOf(entry);
    if (owner === undefined) return;
    const own = this.#ofOwner.get(owner);
    own?.delete(entry);
    if (own?.size === 0) this.#ofOwner.delete(owner);
  }
}

/** Who may not fill the log alone: a connection, or the address of one that was not let in. */
function ownerOf({ problem: { client, address } }: Entry): string | undefined {
  return client ?? address;
}

function oldestOf(entries: ReadonlySet<Entry>): Entry {
  return [...entries].reduce((oldest, entry) => (entry.at < oldest.at ? entry : oldest));
}

function keyOf(problem: Problem): string {
  const { kind, reason, machine, state, event, guards, limit, code } = problem;
  const { client, user, room, address, handler, target, error } = problem;
  const grounds = [kind, reason, machine, state, event, guards?.at(-1)?.name, limit?.name, code];
  const what = [handler, target, error?.name, error?.message];
  // What happens to each connection of a user can be looked for, so that it is a problem of its own.
  return JSON.stringify([grounds, what, client, user, room, address]);
}

function fits(
  { problem, at }: Entry,
  query: ProblemQuery,
  isListed: ((room: string) => boolean) | undefined,
): boolean {
  return (
    (isListed === undefined || (problem.room !== undefined && isListed(problem.room))) &&
    (query.client === undefined || problem.client === query.client) &&
    (query.user === undefined || problem.user === query.user) &&
    (query.room === undefined || problem.room === query.room) &&
    (query.kind === undefined || problem.kind === query.kind) &&
    (query.after === undefined || at >= query.after) &&
    (query.search === undefined || contains(problem, query.search.toLowerCase()))
  );
}

function contains(problem: Problem, text: string): boolean {
  const { reason, client, user, room, machine, handler, target, address } = problem;
  return [reason, client, user, room, machine, handler, target, address].some(
    (field) => field?.toLowerCase().includes(text) === true,
  );
}

function view({ id, since, at, count, problem }: Entry): LoggedProblem {
  return { id, since, at, count, ...problem };
}
