import { describe, expect, test, vi } from 'vitest';
import { SimulatedClock } from 'xstate';
import type { FeedMessage, FeedRequest } from '../../../src/inspect/feed/feed-protocol.ts';
import type { WireHandlers } from '../../shared/wire.ts';
import { ANSWER_TIMEOUT_MS, createFeedClient, WATCH_RETRY_MS } from './feed-client.ts';
import type { WatchListener } from './feed.ts';
import {
  GREET_TIMEOUT_MS,
  REASON_INTERVAL_MS,
  STABLE_LINK_MS,
  UNAUTHORIZED,
  type ReasonReader,
} from './feed-machine.ts';
import { watched } from '../testing/feed-items.ts';

const START = 1_700_000_000_000;
const ROOM = { kind: 'room', id: 'room1' } as const;
const WELCOME = {
  type: 'welcome',
  version: '1.2.3',
  control: false,
  machines: ['room'],
  redacted: [],
  sendable: {},
} as const;

class FakeWire {
  readonly handlers: WireHandlers;
  readonly sent: FeedRequest[] = [];
  dropped = false;
  constructor(handlers: WireHandlers) {
    this.handlers = handlers;
  }
  send(frame: string): void {
    this.sent.push(JSON.parse(frame) as FeedRequest);
  }
  drop(): void {
    this.dropped = true;
  }
  receive(message: FeedMessage): void {
    this.handlers.received(JSON.stringify(message));
  }
  close(code: number): void {
    this.handlers.closed({ code, reason: '' });
  }
  /** The request that was sent last. */
  asked(): FeedRequest & { id: number } {
    return this.sent.at(-1) as FeedRequest & { id: number };
  }
}

/** A client on fake wires and a clock that the test moves. `random` is 0.5 throughout. */
function setUp(token?: string, readReason?: ReasonReader) {
  const clock = new SimulatedClock();
  const wires: FakeWire[] = [];
  const states: string[] = [];
  const client = createFeedClient({
    url: 'ws://host/inspector/feed',
    token,
    ...(readReason !== undefined && { readReason }),
    openWire: (url, handlers) => {
      expect(url).toBe('ws://host/inspector/feed');
      wires.push(new FakeWire(handlers));
      return wires.at(-1)!;
    },
    clock,
    now: () => START + clock.now(),
    random: () => 0.5,
  });
  client.subscribe(() => states.push(client.state.name));
  const wire = (): FakeWire => wires.at(-1)!;
  return {
    client,
    clock,
    wires,
    wire,
    states,
    /** Opens the present wire and lets the server welcome the page. */
    welcome: (): FakeWire => {
      client.connect();
      wire().handlers.opened();
      wire().receive(WELCOME);
      return wire();
    },
  };
}

function createListener() {
  const heard: unknown[] = [];
  const listener: WatchListener = {
    began: (actors) => heard.push(['began', actors.length]),
    heard: (batch) => heard.push(['heard', batch.items.length]),
    refused: (error) => heard.push(['refused', error]),
    lost: () => heard.push(['lost']),
  };
  return { listener, heard };
}

describe('the link', () => {
  test('says hello when the socket is open, and is ready when it is welcomed', () => {
    const { client, wire, states } = setUp();
    client.connect();
    expect(wire().sent).toEqual([]);
    wire().handlers.opened();
    expect(wire().sent).toEqual([{ type: 'hello' }]);
    wire().receive(WELCOME);
    expect(states).toEqual(['connecting', 'ready']);
    expect(client.welcome?.version).toBe('1.2.3');
  });

  test('sends its token, in the hello only', () => {
    const { client, wire } = setUp('secret');
    client.connect();
    wire().handlers.opened();
    expect(wire().sent).toEqual([{ type: 'hello', token: 'secret' }]);
  });

  test('that is refused waits for a token, and comes with it', () => {
    const { client, clock, wire, wires } = setUp();
    client.connect();
    wire().handlers.opened();
    wire().receive({ type: 'refused', error: 'a token is needed' });
    wire().close(UNAUTHORIZED);
    expect(client.state).toEqual({ name: 'locked', error: 'a token is needed' });
    clock.increment(600_000);
    expect(wires).toHaveLength(1);
    client.giveToken('secret');
    wire().handlers.opened();
    expect(wire().sent).toEqual([{ type: 'hello', token: 'secret' }]);
  });

  test('is tried again after it was lost, after waits that grow', () => {
    const { client, clock, wire, wires, welcome } = setUp();
    welcome();
    wire().close(1006);
    expect(client.state).toEqual({ name: 'waiting', retryAt: START + 250 });
    clock.increment(250);
    wire().close(1006);
    expect(client.state).toEqual({ name: 'waiting', retryAt: START + 250 + 500 });
    clock.increment(500);
    expect(wires).toHaveLength(3);
  });

  test('forgets its failures when it has held for a while, and not before', () => {
    const { client, clock, wire, welcome } = setUp();
    welcome();
    wire().close(1006);
    clock.increment(250);
    welcome();
    clock.increment(STABLE_LINK_MS);
    wire().close(1006);
    expect(client.state).toMatchObject({ retryAt: START + clock.now() + 250 });
  });

  test('that the server allows nobody tells the reason, and is tried again when it is allowed', async () => {
    let reason: string | undefined = 'set inspector.token';
    const { client, clock, wire, wires, states } = setUp(undefined, () => Promise.resolve(reason));
    const until = (name: string) => vi.waitUntil(() => client.state.name === name, { interval: 0 });
    client.connect();
    wire().close(1006);
    await until('barred');
    expect(client.state).toEqual({ name: 'barred', error: 'set inspector.token' });
    clock.increment(REASON_INTERVAL_MS);
    await Promise.resolve();
    expect(wires).toHaveLength(1);
    reason = undefined;
    client.connect();
    await until('connecting');
    expect(wires).toHaveLength(2);
    expect(states).toEqual(['connecting', 'waiting', 'barred', 'connecting']);
  });

  test('does not wait for a welcome for ever', () => {
    const { client, clock, wire } = setUp();
    client.connect();
    clock.increment(GREET_TIMEOUT_MS);
    expect(client.state.name).toBe('waiting');
    expect(wire().dropped).toBe(true);
  });

  test('is tried at once when the network is back', () => {
    const { client, wire, wires, welcome } = setUp();
    welcome();
    wire().close(1006);
    client.checkNetwork();
    expect(wires).toHaveLength(2);
    expect(client.state.name).toBe('connecting');
  });
});

describe('a question', () => {
  test('is settled by the answer with its number', async () => {
    const { client, welcome } = setUp();
    const wire = welcome();
    const first = client.ask({ type: 'members', room: 'room1', limit: 10 });
    const { id } = wire.asked();
    const second = client.ask({ type: 'members', room: 'room2', limit: 10 });
    const answer = { type: 'members', members: [], total: 0, joined: 0, away: [] } as const;
    wire.receive({ ...answer, id: wire.asked().id, room: 'room2' });
    wire.receive({ ...answer, id, room: 'room1' });
    expect(await first).toMatchObject({ type: 'answered', answer: { room: 'room1' } });
    expect(await second).toMatchObject({ type: 'answered', answer: { room: 'room2' } });
  });

  test('may be refused', async () => {
    const { client, welcome } = setUp();
    const wire = welcome();
    const asked = client.ask({ type: 'control', actor: ROOM, command: { type: 'close' } });
    wire.receive({ type: 'refused', id: wire.asked().id, error: 'no' });
    expect(await asked).toEqual({ type: 'refused', error: 'no' });
  });

  test('has no answer without a link, and none any more when the link is lost', async () => {
    const { client, wire, welcome } = setUp();
    expect(await client.ask({ type: 'chart', machine: 'room' })).toEqual({ type: 'unanswered' });
    welcome();
    const asked = client.ask({ type: 'chart', machine: 'room' });
    wire().close(1006);
    expect(await asked).toEqual({ type: 'unanswered' });
  });

  test('that is not answered in time costs the link only if nothing else came', async () => {
    const { client, clock, welcome } = setUp();
    const wire = welcome();
    const slow = client.ask({ type: 'chart', machine: 'room' });
    wire.receive({ type: 'batch', id: 99, items: [], skipped: 0, actors: [] });
    clock.increment(ANSWER_TIMEOUT_MS);
    expect(await slow).toEqual({ type: 'unanswered' });
    expect(client.state.name).toBe('ready');
    const silent = client.ask({ type: 'chart', machine: 'room' });
    clock.increment(ANSWER_TIMEOUT_MS);
    expect(await silent).toEqual({ type: 'unanswered' });
    expect(client.state.name).toBe('waiting');
  });
});

describe('a watch', () => {
  test('hears its own batches until it ends', () => {
    const { client, welcome } = setUp();
    const { listener, heard } = createListener();
    const wire = welcome();
    const end = client.watch(ROOM, true, listener);
    const { id } = wire.asked();
    expect(wire.asked()).toEqual({ type: 'watch', id, actor: ROOM, related: true });
    wire.receive({ type: 'watching', id, actors: [watched(ROOM)] });
    wire.receive({ type: 'batch', id, items: [], skipped: 0, actors: [] });
    wire.receive({ type: 'batch', id: id + 1, items: [], skipped: 0, actors: [] });
    end();
    expect(wire.asked()).toEqual({ type: 'unwatch', id });
    wire.receive({ type: 'batch', id, items: [], skipped: 0, actors: [] });
    expect(heard).toEqual([
      ['began', 1],
      ['heard', 0],
    ]);
  });

  test('is taken up again with the next link', () => {
    const { client, clock, welcome } = setUp();
    const { listener, heard } = createListener();
    client.watch(ROOM, true, listener);
    const first = welcome();
    first.receive({ type: 'watching', id: first.asked().id, actors: [watched(ROOM)] });
    first.close(1006);
    clock.increment(250);
    const second = welcome();
    second.receive({ type: 'watching', id: second.asked().id, actors: [] });
    expect(heard).toEqual([['began', 1], ['lost'], ['began', 0]]);
  });

  test('that ended while the link was lost is not taken up again', () => {
    const { client, clock, welcome } = setUp();
    const { listener } = createListener();
    const first = welcome();
    const end = client.watch(ROOM, true, listener);
    first.close(1006);
    end();
    clock.increment(250);
    expect(welcome().sent).toEqual([{ type: 'hello' }]);
  });

  test('may be refused, and is asked for again with the next link', () => {
    const { client, clock, welcome } = setUp();
    const { listener, heard } = createListener();
    const wire = welcome();
    client.watch(ROOM, true, listener);
    wire.receive({ type: 'refused', id: wire.asked().id, error: 'there is no room room1' });
    expect(heard).toEqual([['refused', 'there is no room room1']]);
    wire.close(1006);
    clock.increment(250);
    const next = welcome();
    clock.increment(WATCH_RETRY_MS);
    expect(next.sent.map(({ type }) => type)).toEqual(['hello', 'watch']);
  });

  test('that is refused is asked for again until the actor is there', () => {
    const { client, clock, welcome } = setUp();
    const { listener, heard } = createListener();
    const wire = welcome();
    client.watch(ROOM, true, listener);
    for (let turn = 0; turn < 2; turn += 1) {
      wire.receive({ type: 'refused', id: wire.asked().id, error: 'not yet' });
      clock.increment(WATCH_RETRY_MS);
    }
    const { id } = wire.asked();
    wire.receive({ type: 'watching', id, actors: [watched(ROOM)] });
    clock.increment(10 * WATCH_RETRY_MS);
    expect(wire.sent.filter(({ type }) => type === 'watch')).toHaveLength(3);
    expect(heard).toEqual([
      ['refused', 'not yet'],
      ['refused', 'not yet'],
      ['began', 1],
    ]);
  });

  test('that is refused is not asked for again when nobody wants it any more', () => {
    const { client, clock, welcome } = setUp();
    const wire = welcome();
    const end = client.watch(ROOM, true, createListener().listener);
    wire.receive({ type: 'refused', id: wire.asked().id, error: 'not yet' });
    end();
    clock.increment(10 * WATCH_RETRY_MS);
    expect(wire.sent.filter(({ type }) => type === 'watch')).toHaveLength(1);
  });
});
