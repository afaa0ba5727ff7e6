import { describe, expect, test } from 'vitest';
import { SimulatedClock } from 'xstate';
import { BACKOFF_BASE_MS } from '../../shared/backoff.ts';
import {
  CONNECT_TIMEOUT_MS,
  PING_INTERVAL_MS,
  PONG_TIMEOUT_MS,
  STABLE_OPEN_MS,
} from './connection-machine.ts';
import { createLineClient } from './line-client.ts';
import type { ConnectionState } from '../../chat/session/session-states.ts';
import type { RoomClientEvent } from './room-client.ts';
import type { WireHandlers } from '../../shared/wire.ts';

const ROOM = { type: 'room', room: 'room1' } as const;
const START = 1_700_000_000_000;

class FakeWire {
  readonly url: string;
  readonly handlers: WireHandlers;
  readonly sent: string[] = [];
  dropped = false;
  constructor(url: string, handlers: WireHandlers) {
    this.url = url;
    this.handlers = handlers;
  }
  send(frame: string): void {
    this.sent.push(frame);
  }
  drop(): void {
    this.dropped = true;
  }
  receive(...frames: string[]): void {
    for (const frame of frames) this.handlers.received(frame);
  }
  close(code: number, reason = ''): void {
    this.handlers.closed({ code, reason });
  }
}

/** A client on fake wires and a clock that the test moves. `random` is 0.5 throughout. */
function setUp(user?: string) {
  const clock = new SimulatedClock();
  const wires: FakeWire[] = [];
  const events: RoomClientEvent[] = [];
  const client = createLineClient({
    url: 'ws://host/',
    user,
    listener: (event) => events.push(event),
    openWire: (url, handlers) => {
      const wire = new FakeWire(url, handlers);
      wires.push(wire);
      return wire;
    },
    clock,
    now: () => START + clock.now(),
    random: () => 0.5,
  });
  const wire = (): FakeWire => wires.at(-1)!;
  return {
    client,
    clock,
    wires,
    wire,
    events,
    open: (): FakeWire => {
      client.connect();
      wire().handlers.opened();
      return wire();
    },
    connection: (): ConnectionState | undefined =>
      events.findLast((event) => event.type === 'connection.changed')?.connection,
    states: () =>
      events.flatMap((event) => (event.type === 'connection.changed' ? [event.connection.name] : [])),
    memberships: () =>
      events.flatMap((event) => (event.type === 'membership.changed' ? [event.membership] : [])),
    told: <Type extends RoomClientEvent['type']>(type: Type) =>
      events.filter((event): event is Extract<RoomClientEvent, { type: Type }> => event.type === type),
  };
}

describe('the connection', () => {
  test('stays closed until it is asked to connect', () => {
    const { wires, states } = setUp();
    expect(wires).toHaveLength(0);
    expect(states()).toEqual([]);
  });

  test('goes through connecting to open', () => {
    const { open, states } = setUp();
    expect(open().url).toBe('ws://host/');
    expect(states()).toEqual(['connecting', 'open']);
  });

  test('waits when it is lost, tells until when, and connects again by itself', () => {
    const { open, clock, connection, wires, states } = setUp();
    open().close(1006);
    const delay = BACKOFF_BASE_MS / 2;
    expect(connection()).toEqual({
      name: 'waiting',
      retryAt: START + delay,
      closure: { code: 1006, reason: '' },
    });
    clock.increment(delay - 1);
    expect(wires).toHaveLength(1);
    clock.increment(1);
    expect(wires).toHaveLength(2);
    expect(states()).toEqual(['connecting', 'open', 'waiting', 'connecting']);
  });

  test('waits longer after each failure, and forgets the failures once it was stable', () => {
    const { client, clock, wire, connection } = setUp();
    const waits: number[] = [];
    const fail = () => {
      wire().close(1006);
      const state = connection();
      waits.push(state?.name === 'waiting' ? state.retryAt - START - clock.now() : -1);
    };
    client.connect();
    for (let attempt = 0; attempt < 3; attempt += 1) {
      fail();
      client.connect();
    }
    // Accepted and closed at once: that counts as a failure too.
    wire().handlers.opened();
    fail();
    client.connect();
    wire().handlers.opened();
    clock.increment(STABLE_OPEN_MS);
    fail();
    expect(waits).toEqual([1, 2, 4, 8, 1].map((factor) => (BACKOFF_BASE_MS / 2) * factor));
  });

  test('ends an attempt that neither opens nor fails', () => {
    const { client, clock, wire, connection } = setUp();
    client.connect();
    clock.increment(CONNECT_TIMEOUT_MS);
    expect(wire().dropped).toBe(true);
    expect(connection()).toMatchObject({ name: 'waiting' });
  });

  test.each([3001, 3008, 3499, 4000, 4499, 1006])('comes back after close code %i', (code) => {
    const { open, connection } = setUp();
    open().close(code);
    expect(connection()?.name).toBe('waiting');
  });

  test.each([3500, 3999, 4500, 4999])('stays closed after close code %i', (code) => {
    const { open, clock, connection, wires } = setUp();
    open().close(code, 'go away');
    expect(connection()).toEqual({ name: 'closed', closure: { code, reason: 'go away' } });
    clock.increment(60_000);
    expect(wires).toHaveLength(1);
  });

  test('stays closed when the person closes it, and opens when asked', () => {
    const { client, open, clock, connection, wires } = setUp();
    const wire = open();
    client.disconnect();
    expect(wire.dropped).toBe(true);
    expect(connection()).toEqual({ name: 'closed' });
    clock.increment(60_000);
    expect(wires).toHaveLength(1);
    client.connect();
    expect(connection()?.name).toBe('connecting');
  });

  test('closing while it waits ends the waiting', () => {
    const { client, open, clock, connection, wires } = setUp();
    open().close(1006);
    client.disconnect();
    clock.increment(60_000);
    expect(connection()).toEqual({ name: 'closed' });
    expect(wires).toHaveLength(1);
  });

  test('the network’s return ends the waiting at once', () => {
    const { client, open, wires } = setUp();
    open().close(1006);
    client.checkNetwork();
    expect(wires).toHaveLength(2);
  });

  test('signing in connects anew under the name', () => {
    const { client, open, wire, wires } = setUp();
    const first = open();
    client.signIn('Zoë & co');
    expect(first.dropped).toBe(true);
    expect(wires).toHaveLength(2);
    expect(wire().url).toBe('ws://host/?user=Zo%C3%AB%20%26%20co');
    client.signIn(undefined);
    expect(wire().url).toBe('ws://host/');
  });
});

describe('the heartbeat', () => {
  test('pings, and waits for the next interval after the answer', () => {
    const { open, clock, connection } = setUp();
    const wire = open();
    for (let turn = 1; turn <= 3; turn += 1) {
      clock.increment(PING_INTERVAL_MS);
      expect(wire.sent).toHaveLength(turn);
      clock.increment(PONG_TIMEOUT_MS - 1);
      wire.receive('pong');
    }
    expect(wire.sent).toEqual(['ping', 'ping', 'ping']);
    expect(connection()?.name).toBe('open');
  });

  test('an unanswered ping drops the socket and reconnects', () => {
    const { open, clock, connection } = setUp();
    const wire = open();
    clock.increment(PING_INTERVAL_MS);
    clock.increment(PONG_TIMEOUT_MS);
    expect(wire.dropped).toBe(true);
    expect(connection()).toMatchObject({ name: 'waiting' });
  });

  test('a refused ping counts as an answer', () => {
    const { open, clock, connection } = setUp();
    const wire = open();
    clock.increment(PING_INTERVAL_MS);
    wire.receive('Error: too many requests');
    clock.increment(PONG_TIMEOUT_MS);
    expect(connection()?.name).toBe('open');
  });

  test('the network’s return is a reason to ping at once', () => {
    const { client, open } = setUp();
    const wire = open();
    client.checkNetwork();
    expect(wire.sent).toEqual(['ping']);
  });
});

describe('a room', () => {
  test('is joined and left', () => {
    const { client, open, memberships } = setUp();
    const wire = open();
    client.join('room1');
    wire.receive('Subscribe roomNum:room1 success!');
    client.leave('room1');
    wire.receive('Unsubscribe roomNum:room1 success!');
    expect(wire.sent).toEqual(['subscribe|room1', 'unsubscribe|room1']);
    expect(memberships()).toEqual(['joining', 'joined', 'leaving', 'out']);
  });

  test('is joined again after a reconnect', () => {
    const { client, open, clock, wire, memberships } = setUp();
    const first = open();
    client.join('room1');
    first.receive('Subscribe roomNum:room1 success!');
    first.close(3001, 'shutdown');
    clock.increment(BACKOFF_BASE_MS);
    wire().handlers.opened();
    wire().receive('Subscribe roomNum:room1 success!');
    expect(wire().sent).toEqual(['subscribe|room1']);
    expect(memberships()).toEqual(['joining', 'joined', 'out', 'joining', 'joined']);
  });

  test('is not joined again when it was left or refused', () => {
    const { client, open, clock, wire } = setUp();
    const first = open();
    client.join('room1');
    first.receive('Subscribe roomNum:room1 success!');
    client.leave('room1');
    client.join('room2');
    first.receive('Unsubscribe roomNum:room1 success!', 'Error: limit exceeded');
    first.close(1006);
    clock.increment(BACKOFF_BASE_MS);
    wire().handlers.opened();
    expect(wire().sent).toEqual([]);
  });

  test('is not joined after a reconnect when it never was', () => {
    const { open, clock, wire } = setUp();
    open().close(1006);
    clock.increment(BACKOFF_BASE_MS);
    wire().handlers.opened();
    expect(wire().sent).toEqual([]);
  });

  test('a refused join is told with the server’s words', () => {
    const { client, open, memberships, told } = setUp();
    const wire = open();
    client.join('x'.repeat(300));
    wire.receive('Error: the room name is longer than 255 bytes');
    expect(memberships()).toEqual(['joining', 'out']);
    expect(told('command.refused')).toEqual([
      { type: 'command.refused', reason: 'the room name is longer than 255 bytes' },
    ]);
  });

  test('joined by the server itself is joined, for a user', () => {
    const { open, events, told } = setUp('ann');
    open().receive('Subscribe roomNum:room1 success!', 'Subscribe roomNum:room1 success!');
    expect(events).toContainEqual({
      type: 'membership.changed',
      room: 'room1',
      membership: 'joined',
      unasked: true,
    });
    // The server joins a room once; a second such line is a message.
    expect(told('message.received')).toHaveLength(1);
  });

  test('the answer to the rejoin of a user whom the server had joined already is no message', () => {
    const { client, open, clock, wire, told } = setUp('ann');
    const first = open();
    client.join('room1');
    first.receive('Subscribe roomNum:room1 success!');
    first.close(3001);
    clock.increment(BACKOFF_BASE_MS);
    wire().handlers.opened();
    wire().receive('Subscribe roomNum:room1 success!', 'Subscribe roomNum:room1 success!');
    expect(told('message.received')).toEqual([]);
  });

  test('is not joined by the text of a message, for a guest', () => {
    const { open, memberships, told } = setUp();
    open().receive('Subscribe roomNum:room1 success!');
    expect(memberships()).toEqual([]);
    expect(told('message.received')).toHaveLength(1);
  });
});

describe('a message', () => {
  test('from a member is copied, then done', () => {
    const { client, open, told } = setUp();
    const wire = open();
    client.join('room1');
    wire.receive('Subscribe roomNum:room1 success!');
    const id = client.send(ROOM, 'hi');
    wire.receive('hi', 'SendByRoom success!', 'hi');
    expect(wire.sent.at(-1)).toBe('sendByRoom|{"roomNum":"room1","message":"hi"}');
    expect(told('message.copied')).toEqual([{ type: 'message.copied', id }]);
    expect(told('send.done')).toEqual([{ type: 'send.done', id, copied: true }]);
    expect(told('message.received')).toEqual([{ type: 'message.received', text: 'hi' }]);
  });

  test('from outside the room is done without a copy', () => {
    const { client, open, told } = setUp();
    const wire = open();
    const id = client.send({ type: 'room', room: 'room2' }, 'hi');
    wire.receive('SendByRoom success!');
    expect(told('send.done')).toEqual([{ type: 'send.done', id, copied: false }]);
  });

  test('refused is told with its id', () => {
    const { client, open, told } = setUp();
    const wire = open();
    const id = client.send({ type: 'everybody' }, 'hi');
    wire.receive('Error: permission denied');
    expect(told('send.refused')).toEqual([{ type: 'send.refused', id, reason: 'permission denied' }]);
  });

  test('without an answer when the connection drops is not confirmed', () => {
    const { client, open, told } = setUp();
    const wire = open();
    const copied = client.send({ type: 'everybody' }, 'first');
    const lost = client.send({ type: 'everybody' }, 'second');
    wire.receive('first');
    wire.close(1006);
    expect(told('message.copied').map(({ id }) => id)).toEqual([copied]);
    expect(told('send.unconfirmed').map(({ id }) => id)).toEqual([lost]);
  });

  test('is not sent while there is no connection', () => {
    const { client, open, wire } = setUp();
    expect(client.send(ROOM, 'too early')).toBeUndefined();
    open().close(1006);
    expect(client.send(ROOM, 'too late')).toBeUndefined();
    expect(wire().sent).toEqual([]);
  });

  test('that looks like an answer is a message when nothing was asked', () => {
    const { open, told } = setUp();
    open().receive('pong', 'Broadcast success!', 'Error: boo');
    expect(told('message.received').map(({ text }) => text)).toEqual([
      'pong',
      'Broadcast success!',
      'Error: boo',
    ]);
  });
});
