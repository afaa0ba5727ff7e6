import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { join, publish, settle, until } from '../../actors/actor-harness.ts';
import { createRedaction } from '../redaction/redaction.ts';
import { createPopulation } from '../summary/population-harness.ts';
import { createCatalogue } from './catalogue.ts';
import { listMembers } from './room-members.ts';
import { SLICE_STEPS } from './walk.ts';
import { FakeClock } from '../../system/clock-harness.ts';
import {
  type Query,
  type Plan,
  CONNECTION_STATES,
  createFakes,
  ask,
  everybody,
  answerNaively,
  countNaively,
  plans,
  queries,
} from './catalogue-harness.ts';

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
    const catalogue = createCatalogue({
      population,
      summaries,
      failures: () => [],
      clock,
      yieldTurn: settle,
    });
    const { actors, total, counts } = await ask(catalogue);
    expect(actors.map(({ kind, id, status, states }) => [kind, id, status, states[0]])).toEqual([
      ['server', 'server', 'active', 'listening.settled'],
      ['connection', 'c1', 'active', 'open.flow.clear'],
      ['connection', 'c2', 'active', 'open.flow.clear'],
      ['membership', 'c1@room1', 'resting', 'joined'],
      ['membership', 'c2@room1', 'resting', 'joined'],
      ['room', 'room1', 'active', 'active.occupancy.occupied'],
      ['moderation', '1@room1', 'active', 'moderating'],
      ['tarsProxy', 'hello', 'active', 'idle.rested'],
      ['delivery', 'crm', 'active', 'idle'],
    ]);
    expect(total).toBe(9);
    expect(counts.membership).toEqual({ total: 2, states: { joined: 2 }, failed: 0 });
    expect(counts.connection.states).toEqual({
      'open.credentials.valid': 2,
      'open.flow.clear': 2,
      'open.liveness.alive': 2,
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
      clock: new FakeClock(),
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
