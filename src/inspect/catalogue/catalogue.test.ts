import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { join, publish, settle, until } from '../../actors/actor-harness.ts';
import { MACHINES } from '../../actors/machines.ts';
import { nameMembership } from '../../actors/room/membership.ts';
import type { ActorAddress, ActorSummary, CatalogueRequest, MachineName } from '../feed/feed-protocol.ts';
import { findActor, type ActorEntry, type Population } from '../population/population.ts';
import { createRedaction } from '../redaction/redaction.ts';
import { createPopulation } from '../summary/population-harness.ts';
import { createSummaries, type Summaries } from '../summary/summaries.ts';
import { createCatalogue, type Catalogue } from './catalogue.ts';
import { MACHINE_NAMES } from '../population/machine-names.ts';
import { listMembers } from './room-members.ts';
import { SLICE_STEPS } from './walk.ts';

type Query = Omit<CatalogueRequest, 'type' | 'id'>;

/** What a population is made of, as plain data. */
interface Plan {
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

const CONNECTION_STATES = [
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

/** Actors that only look like some: a hundred thousand real ones take a gigabyte. */
function createFakes(plan: Plan, redact: readonly string[] = []) {
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
  const member = (id: string, user: string | undefined) => ({ id, ...(user !== undefined && { user }) });
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
  const summaries = createSummaries({ population, redaction: createRedaction(redact), now: () => now });
  const catalogue = createCatalogue({
    population,
    summaries,
    failures: () => plan.failed,
    now: () => now,
    yieldTurn: looks.rest,
  });
  return { population, summaries, catalogue, looks, pass: (ms: number) => void (now += ms) };
}

function ask(catalogue: Catalogue, query: Query = {}) {
  return catalogue.ask({ type: 'catalogue', id: 1, ...query });
}

/** Everybody, found by name. */
function everybody(plan: Plan, population: Population, summaries: Summaries): ActorSummary[] {
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
function answerNaively(
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

function countNaively(all: readonly ActorSummary[], failed: readonly ActorSummary[]) {
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
const plans: fc.Arbitrary<Plan> = fc.record({
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

const queries: fc.Arbitrary<Query> = fc.record(
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

describe('the catalogue', () => {
  test('lists, filters, sorts, pages and counts as a simple implementation does', async () => {
    await fc.assert(
      fc.asyncProperty(plans, fc.array(queries, { minLength: 1, maxLength: 5 }), async (plan, asked) => {
        const { population, summaries, catalogue } = createFakes(plan);
        const living = everybody(plan, population, summaries);
        for (const query of asked) {
          const { actors, total, counts } = await ask(catalogue, query);
          expect({ total, actors }).toEqual(answerNaively([...living, ...plan.failed], query));
          expect(counts).toEqual(countNaively(living, plan.failed));
        }
      }),
      { numRuns: 300 },
    );
  });

  test('knows every kind of actor of a real server', async () => {
    const { population, summaries, connect, clock } = createPopulation({
      handlers: { onMessage: () => new Promise(() => {}) },
    });
    const [ann, bob] = [connect('ann'), connect()];
    ann.send(join('room1'));
    bob.send(join('room1'));
    await until(() => ann.frames.length === 1 && bob.frames.length === 1);
    ann.send(publish('room1', 'hi'));
    await settle();
    const now = (): number => clock.now();
    const catalogue = createCatalogue({ population, summaries, failures: () => [], now, yieldTurn: settle });
    const { actors, total, counts } = await ask(catalogue);
    expect(actors.map(({ kind, id, status, states }) => [kind, id, status, states[0]])).toEqual([
      ['server', 'server', 'active', 'listening'],
      ['connection', 'c1', 'active', 'open.flow.clear'],
      ['connection', 'c2', 'active', 'open.flow.clear'],
      ['membership', 'c1@room1', 'resting', 'joined'],
      ['membership', 'c2@room1', 'resting', 'joined'],
      ['room', 'room1', 'active', 'active.occupancy.occupied'],
      ['moderation', '1@room1', 'active', 'moderating'],
      ['tarsProxy', 'hello', 'active', 'idle.rested'],
    ]);
    expect(total).toBe(8);
    expect(counts.membership).toEqual({ total: 2, states: { joined: 2 }, failed: 0 });
    expect(counts.connection.states).toEqual({
      'open.flow.clear': 2,
      'open.work.busy': 1,
      'open.work.ready': 1,
    });
  });

  test('does not tell users that are withheld, not even whether a search finds them', async () => {
    const plan: Plan = {
      connections: [{ id: 'c1', user: 'ann', states: ['closing'], rooms: 0 }],
      rooms: [],
      failed: [],
    };
    const { catalogue } = createFakes(plan, ['user']);
    expect((await ask(catalogue, { kinds: ['connection'] })).actors).toMatchObject([{ user: '‹withheld›' }]);
    expect((await ask(catalogue, { search: 'ann' })).total).toBe(0);
  });
});

describe('with 100,000 connections', () => {
  const uuid = (index: number): string => `00000000-0000-4000-8000-${String(index).padStart(12, '0')}`;
  const COUNT = 100_000;
  const plan: Plan = {
    connections: Array.from({ length: COUNT }, (_, index) => ({
      id: uuid(index),
      user: index % 3 === 0 ? `user${index}` : undefined,
      states: CONNECTION_STATES[index % 100 === 0 ? 1 : 0] ?? [],
      rooms: (index * 7) % 5,
    })),
    rooms: [
      {
        name: 'big',
        isRestarting: false,
        resting: Array.from({ length: COUNT }, (_, index) => ({
          id: uuid(index),
          user: undefined,
          joinedAt: COUNT - index,
        })),
        awake: [],
        judged: 0,
      },
      ...Array.from({ length: 3_000 }, (_, index) => ({
        name: `room${index}`,
        isRestarting: true,
        resting: [],
        awake: [],
        judged: 0,
      })),
    ],
    failed: [],
  };
  const { population, summaries, catalogue, looks, pass } = createFakes(plan);
  const all = everybody(plan, population, summaries);

  test.each([
    {},
    { kinds: ['connection'], sort: 'rooms', descending: true, offset: 99_950 },
    { search: 'user777' },
    { state: 'open.flow.congested', sort: 'id', descending: true, limit: 500, offset: 400 },
    { kinds: ['membership'], sort: 'joinedAt', limit: 10 },
    { kinds: ['moderation'] },
  ] satisfies Query[])('no turn is long, and the page is right: %j', async (query) => {
    looks.reset();
    pass(1_000);
    const { total, actors, counts } = await ask(catalogue, query);
    expect({ total, actors }).toEqual(answerNaively(all, query));
    expect(counts.connection.total).toBe(COUNT);
    expect(counts.membership.states).toEqual({ joined: COUNT });
    expect(looks.longest).toBeLessThanOrEqual(SLICE_STEPS);
  });

  test('requests within a second share one walk', async () => {
    looks.reset();
    pass(1_000);
    await Promise.all(Array.from({ length: 10 }, () => ask(catalogue, { kinds: ['connection'] })));
    const once = looks.total;
    expect(once).toBeGreaterThanOrEqual(COUNT);
    expect(once).toBeLessThan(1.1 * COUNT);
    pass(999);
    await ask(catalogue, { kinds: ['connection'] });
    expect(looks.total).toBe(once);
    pass(1);
    await ask(catalogue, { kinds: ['connection'] });
    expect(looks.total).toBe(2 * once);
  });

  test('who asks for different things at the same time does too', async () => {
    looks.reset();
    pass(1_000);
    const asked: Query[] = [
      { kinds: ['connection'], search: '77' },
      { kinds: ['connection', 'room'], sort: 'rooms', descending: true },
      { state: 'open.flow.congested' },
    ];
    const answers = await Promise.all(asked.map((query) => ask(catalogue, query)));
    for (const [index, { total, actors }] of answers.entries()) {
      expect({ total, actors }).toEqual(answerNaively(all, asked[index] ?? {}));
    }
    // Connections and members, each of them once.
    expect(looks.total).toBeLessThan(2.1 * COUNT);
    expect(looks.longest).toBeLessThanOrEqual(SLICE_STEPS);
  });

  test('who asks for rooms does not walk through connections and members', async () => {
    pass(1_000);
    await ask(catalogue);
    looks.reset();
    expect((await ask(catalogue, { kinds: ['room', 'server'] })).total).toBe(2);
    expect(looks.total).toBeLessThan(10);
  });

  test('who asks for a connection by its id gets it and its memberships at once', async () => {
    pass(1_000);
    await ask(catalogue);
    looks.reset();
    const { actors } = await ask(catalogue, { search: uuid(4711) });
    expect(actors.map(({ kind, id }) => [kind, id])).toEqual([
      ['connection', uuid(4711)],
      ['membership', `${uuid(4711)}@big`],
    ]);
    expect((await ask(catalogue, { search: `${uuid(4711)}@big` })).total).toBe(1);
    expect(looks.total).toBeLessThan(20);
    // When the counts have to be taken too, members who rest are still not walked through.
    pass(1_000);
    await ask(catalogue, { search: uuid(4712) });
    expect(looks.total).toBeLessThan(1.1 * COUNT);
    pass(1_000);
    await ask(catalogue, { kinds: ['room'] });
    expect(looks.total).toBeLessThan(2.1 * COUNT);
  });

  test('a look that has failed is not shared', async () => {
    let isBroken = true;
    const { catalogue } = createFakes({ connections: [], rooms: [], failed: [] });
    const broken = createCatalogue({
      population,
      summaries,
      failures: () => {
        if (isBroken) throw new Error('broken');
        return [];
      },
      now: () => 0,
      yieldTurn: async () => {},
    });
    await expect(ask(broken, { kinds: ['server'] })).rejects.toThrow('broken');
    isBroken = false;
    expect((await ask(broken, { kinds: ['server'] })).total).toBe(1);
    expect((await ask(catalogue)).total).toBe(2);
  });
});

describe('the members of a room', () => {
  test('are told in the order of their joins, those who rest and those who do not', async () => {
    const { summaries, connect, clock, directory } = createPopulation({
      handlers: { onJoin: ({ member }) => (member.id === 'c2' ? new Promise(() => {}) : undefined) },
    });
    const clients = [connect('ann'), connect('bob'), connect('cid')];
    for (const client of clients) {
      client.send(join('room1'));
      await settle();
      clock.increment(10);
    }
    const room = directory.rooms.get('room1');
    if (room === undefined) throw new Error('there is no room');
    const members = listMembers(room, 100, summaries, createRedaction());
    expect(members.members.map(({ id, status, user, states }) => [id, status, user, states])).toEqual([
      ['c1@room1', 'resting', 'ann', ['joined']],
      ['c2@room1', 'active', 'bob', ['requesting.authorizing']],
      ['c3@room1', 'resting', 'cid', ['joined']],
    ]);
    expect(members).toMatchObject({ room: 'room1', total: 3, away: [] });
    const few = listMembers(room, 2, summaries, createRedaction());
    expect(few).toMatchObject({ total: 3, members: [{ id: 'c1@room1' }, { id: 'c2@room1' }] });
  });

  test('name the users who are away, unless they are withheld', async () => {
    const { store, rooms, directory, summaries } = createPopulation();
    store.put('room1', { id: 'c9', user: 'zoe', joinedAt: 1 });
    rooms.open('room1');
    await settle();
    const room = directory.rooms.get('room1');
    if (room === undefined) throw new Error('there is no room');
    expect(listMembers(room, 10, summaries, createRedaction()).away).toEqual(['zoe']);
    expect(listMembers(room, 10, summaries, createRedaction(['user'])).away).toEqual(['‹withheld›']);
  });
});
