import { describe, expect, test } from 'vitest';
import { join, settle } from '../../actors/actor-harness.ts';
import { combineObservers } from '../../actors/runtime/combine-observers.ts';
import { createPopulation } from '../../inspect/summary/population-harness.ts';
import { Census, type Findings, type StuckActor } from './census.ts';
import { StateTables } from './state-tables.ts';
import { toProblem, toStuckEvent } from './stuck.ts';

function setUp() {
  const tables = new StateTables();
  const harness = createPopulation({ observer: combineObservers(tables.observer) });
  const stuck: StuckActor[] = [];
  const { population, clock } = harness;
  const census = new Census({
    population,
    tables,
    clock,
    onStuck: (one) => stuck.push(one),
    yieldTurn: async () => undefined,
  });
  /** What was found in one state. */
  function read({ states }: Findings, machine: 'connection' | 'membership' | 'room', path: string) {
    const state = tables.machines.get(machine)?.states.get(path);
    return state && states.get(state);
  }
  return { ...harness, census, stuck, read };
}

describe('a census', () => {
  test('counts actors by their states, and memberships at rest as joined', async () => {
    const { connect, census, read, clock } = setUp();
    const [ann, bob] = [connect('ann'), connect('bob')];
    ann.send(join('room1'));
    bob.send(join('room1'));
    bob.send(join('room2'));
    await settle();
    clock.increment(2_000);
    const found = await census.take();
    expect(read(found, 'membership', 'joined')).toMatchObject({ actors: 3 });
    expect(read(found, 'connection', 'open.work.ready')).toMatchObject({ actors: 2, oldestMs: 2_000 });
    expect(read(found, 'room', 'active.occupancy.occupied')).toMatchObject({ actors: 2, stuck: 0 });
    expect([found.members, found.away, ...found.connections.values()]).toEqual([3, 0, 2]);
  });

  test('tells an actor that is in a state for too long, once for each time', async () => {
    const { connect, census, stuck, read, clock, directory } = setUp();
    const ann = connect('ann');
    await settle();
    const [id = ''] = directory.connections.keys();
    directory.connections.get(id)?.send({ type: 'socket.congested' });
    clock.increment(300_000);
    await census.take();
    expect(stuck).toEqual([]);

    clock.increment(1);
    // Another region moves meanwhile: the time in this one goes on.
    ann.send(join('room1'));
    await settle();
    const found = await census.take();
    await census.take();
    expect(read(found, 'connection', 'open.flow.congested')).toMatchObject({ actors: 1, stuck: 1 });
    expect(stuck.map(toStuckEvent)).toEqual([
      { machine: 'connection', state: 'open.flow.congested', id, seconds: 300, maxSeconds: 300 },
    ]);

    directory.connections.get(id)?.send({ type: 'socket.drained' });
    directory.connections.get(id)?.send({ type: 'socket.congested' });
    clock.increment(300_001);
    await census.take();
    expect(stuck).toHaveLength(2);
  });

  test('makes a problem of it that is found by the client', async () => {
    const { connect, census, stuck, clock, directory } = setUp();
    connect('ann');
    await settle();
    const [id = ''] = directory.connections.keys();
    directory.connections.get(id)?.send({ type: 'socket.congested' });
    clock.increment(301_000);
    await census.take();
    expect(stuck.map(toProblem)).toEqual([
      {
        kind: 'stuck',
        reason: `connection ${id} is in open.flow.congested for 301 s, and should be so for at most 300 s`,
        machine: 'connection',
        state: 'open.flow.congested',
        limit: { name: 'maxSeconds', value: 300, actual: 301 },
        client: id,
        user: 'ann',
        address: expect.any(String),
      },
    ]);
  });
});
