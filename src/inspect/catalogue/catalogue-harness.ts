/** For the tests of the catalogue: actors that are made up, and a simple catalogue to compare with. */

import * as fc from 'fast-check';
import { MACHINES } from '../../actors/machines.ts';
import { nameMembership } from '../../actors/room/membership.ts';
import type { ActorAddress, ActorSummary, CatalogueRequest, MachineName } from '../feed/feed-protocol.ts';
import { findActor, type ActorEntry, type Population } from '../population/population.ts';
import { createRedaction } from '../redaction/redaction.ts';
import { createSummaries, type Summaries } from '../summary/summaries.ts';
import { createCatalogue, type Catalogue } from './catalogue.ts';
import { MACHINE_NAMES } from '../population/machine-names.ts';

export type Query = Omit<CatalogueRequest, 'type' | 'id'>;

/** What a population is made of, as plain data. */
export interface Plan {
  readonly connections: readonly PlannedConnection[];
  readonly rooms: readonly PlannedRoom[];
  readonly failed: readonly ActorSummary[];
}
interface PlannedConnection {
  readonly id: string;
  readonly user: string | undefined;
  readonly states: readonly string[];
  readonly rooms: number;
}
interface PlannedRoom {
  readonly name: string;
  readonly isRestarting: boolean;
  readonly resting: readonly { id: string; user: string | undefined; joinedAt: number }[];
  readonly awake: readonly { id: string; user: string | undefined; state: string }[];
  readonly judged: number;
}

export const CONNECTION_STATES = [
  ['open.flow.clear', 'open.work.ready'],
  ['open.flow.congested', 'open.work.ready'],
  ['open.flow.clear', 'open.work.busy'],
  ['closing'],
];
const MEMBERSHIP_STATES = ['requesting.authorizing', 'requesting.recording', 'leaving.recording'];
const ROOM_STATES = [
  'active.occupancy.occupied',
  'active.absence.none',
  'active.broadcast.flowing',
  'active.journal.clean',
];

/** How often actors were looked at since somebody last asked, in all and between two rests. */
class Looks {
  total = 0;
  longest = 0;
  #inSlice = 0;
  readonly look = (): void => {
    this.total += 1;
    this.#inSlice += 1;
    this.longest = Math.max(this.longest, this.#inSlice);
  };
  readonly rest = async (): Promise<void> => {
    this.#inSlice = 0;
  };
  reset(): void {
    this.total = 0;
    this.longest = 0;
    this.#inSlice = 0;
  }
}

/** A map that tells of each entry that is gone through. */
class WatchedMap<Key, Value> extends Map<Key, Value> {
  look: () => void = () => {};
  override *[Symbol.iterator](): MapIterator<[Key, Value]> {
    for (const entry of this.entries()) {
      this.look();
      yield entry;
    }
  }
}

const member = (id: string, user: string | undefined) => ({ id, ...(user !== undefined && { user }) });

/** Actors that only look like some: a hundred thousand real ones take a gigabyte. */
export function createFakes(plan: Plan, redact: readonly string[] = []) {
  const looks = new Looks();
  let now = 1_000_000;
  const fake = (kind: keyof typeof MACHINES, states: readonly string[], context: object): never => {
    const machine = MACHINES[kind];
    const snapshot = {
      _nodes: states.map((state) => machine.getStateNodeById(state === '' ? kind : `${kind}.${state}`)),
      status: 'active',
      context,
    };
    return { getSnapshot: () => (looks.look(), snapshot) } as never;
  };
  const connections = new Map(
    plan.connections.map(({ id, user, states, rooms }) => [
      id,
      fake('connection', states, {
        member: member(id, user),
        joined: new Set(Array.from({ length: rooms }, (_, index) => index)),
        queue: { waiting: 0 },
        calls: 0,
      }),
    ]),
  );
  const rooms = new Map(
    plan.rooms.map(({ name, isRestarting, resting, awake, judged }) => {
      const joined = new WatchedMap(
        resting.map(({ id, user, joinedAt }) => [id, { subscriber: { member: member(id, user) }, joinedAt }]),
      );
      joined.look = looks.look;
      const record = {
        roster: {
          joined,
          awake: new Map(
            awake.map(({ id, user, state }) => {
              const subscriber = { member: member(id, user) };
              return [id, { subscriber, ref: fake('membership', [state], { subscriber, joinedAt: 5 }) }];
            }),
          ),
          away: new Map(),
        },
        journal: { size: 0 },
        moderations: new Map(
          Array.from({ length: judged }, (_, index) => [
            `${index + 1}@${name}`,
            fake('moderation', ['moderating'], {}),
          ]),
        ),
      };
      const broker = { position: () => ({ offset: 3, epoch: 'epoch' }) };
      const actor = isRestarting
        ? undefined
        : fake('room', ROOM_STATES, { record, broker, held: [], attempts: 0 });
      return [name, { name, record, actor } as never];
    }),
  );
  const population: Population = {
    server: fake('server', ['listening'], {}),
    directory: { connections, rooms },
    backends: new Map(),
    questions: new Map(),
    deliveries: new Map(),
    redisLinks: new Map(),
    proxies: new Map([
      [
        'hello',
        fake('tarsProxy', ['idle.rested'], {
          calls: { inFlight: new Map(), waiting: new Set(), resting: new Set(), late: 0 },
          setbacks: 0,
          openings: 0,
          failedConnects: 0,
        }),
      ],
    ]),
  };
  const clock = { now: () => now, monotonic: () => now };
  const summaries = createSummaries({ population, redaction: createRedaction(redact), clock });
  const catalogue = createCatalogue({
    population,
    summaries,
    failures: () => plan.failed,
    clock,
    yieldTurn: looks.rest,
  });
  return { population, summaries, catalogue, looks, pass: (ms: number) => void (now += ms) };
}

export function ask(catalogue: Catalogue, query: Query = {}) {
  return catalogue.ask({ type: 'catalogue', id: 1, ...query });
}

/** Everybody, found by name. */
export function everybody(plan: Plan, population: Population, summaries: Summaries): ActorSummary[] {
  const addresses: ActorAddress[] = [
    { kind: 'server', id: 'server' },
    { kind: 'tarsProxy', id: 'hello' },
    ...plan.connections.map(({ id }) => ({ kind: 'connection' as const, id })),
    ...plan.rooms.map(({ name }) => ({ kind: 'room' as const, id: name })),
    ...plan.rooms.flatMap(({ name, resting, awake }) =>
      [...resting, ...awake].map(({ id }) => ({ kind: 'membership' as const, id: nameMembership(id, name) })),
    ),
    ...plan.rooms.flatMap(({ name, judged }) =>
      Array.from({ length: judged }, (_, index) => ({
        kind: 'moderation' as const,
        id: `${index + 1}@${name}`,
      })),
    ),
  ];
  return addresses
    .map((address) => findActor(population, address))
    .filter((found): found is ActorEntry => found !== undefined)
    .map((entry) => summaries.summarize(summaries.read(entry)));
}

/** The same as the catalogue, without any care. */
export function answerNaively(
  all: readonly ActorSummary[],
  query: Query,
): { total: number; actors: ActorSummary[] } {
  const { kinds, state, status, search, sort = 'kind', descending, offset = 0, limit = 100 } = query;
  const needle = search?.toLowerCase() ?? '';
  const keyOf = (actor: ActorSummary): string | number | undefined => {
    if (sort === 'kind') return MACHINE_NAMES.indexOf(actor.kind);
    if (sort === 'states') return actor.states.join(' ');
    return sort in actor ? actor[sort as 'id'] : actor.figures[sort];
  };
  const fitting = all.filter(
    (actor) =>
      (kinds === undefined || kinds.includes(actor.kind)) &&
      (state === undefined || actor.states.some((path) => `${path}.`.startsWith(`${state}.`))) &&
      (status === undefined || actor.status === status) &&
      `${actor.id}\n${actor.user ?? ''}`.toLowerCase().includes(needle),
  );
  const byName = fitting.toSorted(
    (a, b) =>
      MACHINE_NAMES.indexOf(a.kind) - MACHINE_NAMES.indexOf(b.kind) ||
      (a.id < b.id ? -1 : a.id > b.id ? 1 : 0),
  );
  const keyed = byName.filter((actor) => keyOf(actor) !== undefined);
  keyed.sort((a, b) => {
    const [x, y] = [keyOf(a), keyOf(b)] as [number, number];
    return (descending === true ? -1 : 1) * (x < y ? -1 : x > y ? 1 : 0);
  });
  const sorted = [...keyed, ...byName.filter((actor) => keyOf(actor) === undefined)];
  return { total: fitting.length, actors: sorted.slice(offset, offset + limit) };
}

export function countNaively(all: readonly ActorSummary[], failed: readonly ActorSummary[]) {
  return Object.fromEntries(
    MACHINE_NAMES.map((kind) => {
      const states: Record<string, number> = {};
      const ofKind = all.filter((actor) => actor.kind === kind);
      for (const path of ofKind.flatMap((actor) => actor.states)) states[path] = (states[path] ?? 0) + 1;
      return [
        kind,
        { total: ofKind.length, states, failed: failed.filter((one) => one.kind === kind).length },
      ];
    }),
  );
}

const connectionId = fc
  .constantFrom('c', 'd', 'C')
  .chain((letter) => fc.integer({ min: 1, max: 30 }).map((number) => `${letter}${number}`));
const user = fc.option(fc.constantFrom('ann', 'Bob', 'c1', 'room2'), { nil: undefined });
export const plans: fc.Arbitrary<Plan> = fc.record({
  connections: fc.uniqueArray(
    fc.record({
      id: connectionId,
      user,
      states: fc.constantFrom(...CONNECTION_STATES),
      rooms: fc.integer({ min: 0, max: 3 }),
    }),
    { selector: ({ id }) => id, maxLength: 25 },
  ),
  rooms: fc.uniqueArray(
    fc
      .record({
        name: fc.constantFrom('room1', 'room2', 'Lobby', 'a@b', 'c1'),
        isRestarting: fc.boolean(),
        members: fc.uniqueArray(
          fc.record({
            id: connectionId,
            user,
            joinedAt: fc.integer({ min: 1, max: 4 }),
            state: fc.option(fc.constantFrom(...MEMBERSHIP_STATES), { nil: undefined }),
          }),
          { selector: ({ id }) => id, maxLength: 10 },
        ),
        judged: fc.integer({ min: 0, max: 3 }),
      })
      .map(({ members, ...room }) => ({
        ...room,
        resting: members.filter(({ state }) => state === undefined),
        awake: members.flatMap(({ id, user, state }) => (state === undefined ? [] : [{ id, user, state }])),
      })),
    { selector: ({ name }) => name, maxLength: 5 },
  ),
  failed: fc.uniqueArray(
    fc
      .record({
        kind: fc.constantFrom<MachineName>('room', 'connection', 'membership'),
        id: connectionId,
        user,
      })
      .map(({ kind, id, user }) => ({
        kind,
        // Among the living there is nobody of this name, so that the order is told by the names alone.
        id: `failed ${id}`,
        status: 'failed' as const,
        states: ['active'],
        since: 7,
        ...(user !== undefined && { user }),
        figures: {},
        error: 'Error: broken',
      })),
    { selector: ({ kind, id }) => `${kind} ${id}`, maxLength: 4 },
  ),
});

export const queries: fc.Arbitrary<Query> = fc.record(
  {
    kinds: fc.subarray([...MACHINE_NAMES]),
    state: fc.constantFrom(
      'open',
      'open.flow',
      'open.flow.congested',
      'joined',
      'active',
      'act',
      'requesting',
    ),
    status: fc.constantFrom('active', 'resting', 'failed', 'done'),
    search: fc.constantFrom('', 'c1', 'C1', 'ANN', '@room', '1', 'nobody'),
    sort: fc.constantFrom(
      'kind',
      'id',
      'user',
      'since',
      'status',
      'states',
      'rooms',
      'joinedAt',
      'members',
      'x',
    ),
    descending: fc.boolean(),
    offset: fc.integer({ min: 0, max: 40 }),
    limit: fc.integer({ min: 1, max: 30 }),
  },
  { requiredKeys: [] },
);
