import { describe, expect, test } from 'vitest';
import { createRefusal } from '../../protocol/errors.ts';
import { FakeClock } from '../../system/clock-harness.ts';
import { settle } from '../../actors/actor-harness.ts';
import type { Socket } from '../../transport/common/transport.ts';
import type { WatchSink } from '../watch/live-watch.ts';
import type { FeedAnswers } from './feed-answers.ts';
import type { CatalogueMessage, FeedMessage, RoomSettings } from '../feed/feed-protocol.ts';
import { FeedSession } from './feed-session.ts';

/** A socket that remembers what it was told, and whose queue is as long as the test says. */
class FakeSocket implements Socket {
  isOpen = true;
  bufferedBytes = 0;
  readonly frames: FeedMessage[] = [];
  goodbye: { code: number; reason: string } | undefined;
  session: FeedSession | undefined;

  sendSoon(frame: string): void {
    this.send(frame);
  }

  send(frame: string): 'sent' | 'dropped' {
    if (!this.isOpen) return 'dropped';
    this.frames.push(JSON.parse(frame) as FeedMessage);
    return 'sent';
  }

  subscribe(): void {}
  unsubscribe(): void {}
  terminate(): void {}

  close(code: number, reason: string): void {
    if (!this.isOpen) return;
    this.isOpen = false;
    this.goodbye = { code, reason };
    this.session?.closed();
  }
}

const NO_NAME = createRefusal('badRequest', 'the room name is empty');
const NO_COUNTS = {} as CatalogueMessage['counts'];

function createOpened(options: { token?: string; answers?: Partial<FeedAnswers> } = {}) {
  const clock = new FakeClock();
  const socket = new FakeSocket();
  const errors: unknown[] = [];
  const sinks: WatchSink[] = [];
  const told: string[] = [];
  const answers: FeedAnswers = {
    welcome: () => ({
      type: 'welcome',
      version: '1.2.3',
      control: false,
      machines: ['room'],
      redacted: [],
      sendable: {},
    }),
    catalogue: async ({ type, id }) => ({ type, id, at: 0, total: 0, actors: [], counts: NO_COUNTS }),
    chart: (machine) => ({ machine, root: {} as never, transitions: [] }),
    watch(actor, _related, sink) {
      if (actor.id === 'nobody') return 'unknown';
      sinks.push(sink);
      return {
        actors: () => [{ ...actor, status: 'active', states: [], since: 0, figures: {} }],
        drained: () => told.push(`drained ${actor.id}`),
        stop: () => told.push(`stopped ${actor.id}`),
      };
    },
    history: (actor) => (actor.id === 'nobody' ? undefined : { ...actor, entries: [] }),
    members: (room) => (room === 'none' ? undefined : { room, members: [], total: 0, joined: 0, away: [] }),
    settings: (room) => (room === 'none' ? undefined : { room, settings: {} as RoomSettings }),
    acts: () => [],
    problems: async () => ({ problems: [], missing: 0 }),
    presence: async ({ room }) => (room === '' ? { refusal: NO_NAME } : { room, members: [], total: 0 }),
    publications: async ({ room }) =>
      room === '' ? { refusal: NO_NAME } : { room, offset: 0, epoch: 'e', publications: [], hasOlder: false },
    control: async (_actor, { type }) => (type === 'kick' ? undefined : 'not that'),
    ...options.answers,
  };
  const session = new FeedSession({
    answers,
    remoteAddress: '10.0.0.1',
    allows: (token) => options.token === undefined || token === options.token,
    clock,
    onError: (error) => errors.push(error),
    onOpened: () => told.push('opened'),
    onClosed: () => told.push('closed'),
  });
  socket.session = session;
  session.opened(socket);
  const say = (message: object): void => session.received(JSON.stringify(message));
  return { session, socket, clock, errors, sinks, told, say };
}

function createGreeted(answers: Partial<FeedAnswers> = {}) {
  const opened = createOpened({ answers });
  opened.say({ type: 'hello' });
  opened.socket.frames.length = 0;
  return opened;
}

/** In the order of the requests. */
const byId = (frames: readonly FeedMessage[]): FeedMessage[] =>
  frames.toSorted((a, b) => Number('id' in a && a.id) - Number('id' in b && b.id));

const ROOM = { kind: 'room', id: 'room1' } as const;
const BATCH = { items: [], skipped: 0, actors: [] };

describe('hello', () => {
  test('is answered with what the page has to know', () => {
    const { say, socket, clock } = createOpened({ token: 'sesame' });
    say({ type: 'hello', token: 'sesame' });
    expect(socket.frames).toMatchObject([{ type: 'welcome', version: '1.2.3' }]);
    clock.increment(10_000);
    expect(socket.isOpen).toBe(true);
    say({ type: 'hello', token: 'sesame' });
    expect(socket.frames.at(-1)).toEqual({ type: 'refused', error: 'hello was said before' });
    expect(socket.isOpen).toBe(true);
  });

  test.each([{ type: 'hello' }, { type: 'hello', token: 'open' }])(
    'without the token ends it: %j',
    (hello) => {
      const { say, socket, told } = createOpened({ token: 'sesame' });
      say(hello);
      expect(socket.frames).toMatchObject([{ type: 'refused' }]);
      expect(socket.goodbye?.code).toBe(4401);
      expect(told).toEqual(['opened', 'closed']);
    },
  );

  test('has to come first', () => {
    for (const frame of [
      JSON.stringify({ type: 'chart', id: 1, machine: 'room' }),
      'hello',
      Uint8Array.of(0xff),
    ]) {
      const { session, socket } = createOpened();
      session.received(frame);
      expect(socket.frames).toMatchObject([{ type: 'refused' }]);
      expect(socket.goodbye?.code).toBe(4400);
    }
  });

  test('has to come within 5 seconds', () => {
    const { socket, clock } = createOpened();
    clock.increment(4_999);
    expect(socket.isOpen).toBe(true);
    clock.increment(1);
    expect(socket.goodbye?.code).toBe(4400);
  });

  test('is not waited for when the socket has gone', () => {
    const { socket, session, clock } = createOpened();
    session.closed();
    clock.increment(5_000);
    expect(socket.frames).toEqual([]);
    expect(socket.goodbye).toBeUndefined();
  });
});

describe('a request', () => {
  test('is answered under its number', async () => {
    const { say, socket } = createGreeted();
    say({ type: 'chart', id: 1, machine: 'room' });
    say({ type: 'history', id: 2, actor: ROOM });
    say({ type: 'members', id: 3, room: 'room1', limit: 10 });
    say({ type: 'catalogue', id: 4, kinds: ['room'], limit: 10 });
    say({ type: 'control', id: 5, actor: ROOM, command: { type: 'kick' } });
    say({ type: 'settings', id: 6, room: 'room1' });
    say({ type: 'acts', id: 7, room: 'room1' });
    say({ type: 'presence', id: 8, room: 'room1', search: 'ann', offset: 0, limit: 10 });
    say({ type: 'publications', id: 9, room: 'room1', before: { offset: 3, epoch: 'e' }, limit: 10 });
    await settle();
    expect(byId(socket.frames).map((message) => [message.type, 'id' in message && message.id])).toEqual([
      ['chart', 1],
      ['history', 2],
      ['members', 3],
      ['catalogue', 4],
      ['done', 5],
      ['settings', 6],
      ['acts', 7],
      ['presence', 8],
      ['publications', 9],
    ]);
  });

  test('that cannot be done is refused under its number', async () => {
    const { say, socket } = createGreeted();
    say({ type: 'history', id: 1, actor: { kind: 'room', id: 'nobody' } });
    say({ type: 'members', id: 2, room: 'none', limit: 10 });
    say({ type: 'watch', id: 3, actor: { kind: 'room', id: 'nobody' }, related: false });
    say({ type: 'unwatch', id: 4 });
    say({ type: 'control', id: 5, actor: ROOM, command: { type: 'close' } });
    say({ type: 'settings', id: 6, room: 'none' });
    say({ type: 'presence', id: 7, room: '', limit: 10 });
    say({ type: 'publications', id: 8, room: '', limit: 10 });
    await settle();
    expect(byId(socket.frames)).toEqual([
      { type: 'refused', id: 1, error: 'nothing is known of room nobody' },
      { type: 'refused', id: 2, error: 'there is no room none' },
      { type: 'refused', id: 3, error: 'there is no room nobody' },
      { type: 'refused', id: 4, error: '4 is not watched' },
      { type: 'refused', id: 5, error: 'not that' },
      { type: 'refused', id: 6, error: 'there is no room none' },
      { type: 'refused', id: 7, error: 'the room name is empty' },
      { type: 'refused', id: 8, error: 'the room name is empty' },
    ]);
  });

  test('that cannot be read is refused, and the socket stays', () => {
    const { session, say, socket } = createGreeted();
    session.received('{');
    session.received(Uint8Array.of(0xff));
    session.received('7');
    say({ type: 'dance', id: 7 });
    say({ type: 'catalogue', id: 8, limit: 501, kinds: ['house'], colour: 'red' });
    say({ type: 'control', id: 9, actor: ROOM, command: { type: 'send', event: {} } });
    say({ type: 'control', id: 10, actor: ROOM, command: { type: 'publish' } });
    say({ type: 'publications', id: 11, room: 'room1', limit: 101 });
    say({ type: 'presence', id: 12, room: 'room1', limit: 0 });
    expect(socket.isOpen).toBe(true);
    expect(socket.frames.map((message) => 'id' in message && message.id)).toEqual([
      false,
      false,
      false,
      7,
      8,
      9,
      10,
      11,
      12,
    ]);
    const errors = socket.frames.map((message) => (message.type === 'refused' ? message.error : ''));
    expect(errors[0]).toBe('a frame must be JSON');
    expect(errors[4]).toMatch(/limit.*kinds|kinds.*limit/);
    expect(errors[4]).toContain('colour');
    expect(errors[5]).toContain('command.event.type');
    expect(errors[6]).toContain('command.data');
    expect(errors[7]).toContain('limit');
  });

  test('on which the server fails is answered, and reported', async () => {
    const { say, socket, errors } = createGreeted({
      chart() {
        throw new Error('no chart');
      },
      catalogue: () => Promise.reject(new Error('no catalogue')),
      control: () => Promise.reject(new Error('no control')),
    });
    say({ type: 'chart', id: 1, machine: 'room' });
    say({ type: 'catalogue', id: 2 });
    say({ type: 'control', id: 3, actor: ROOM, command: { type: 'kick' } });
    await settle();
    expect(socket.frames).toMatchObject([1, 2, 3].map((id) => ({ type: 'refused', id })));
    expect(errors).toEqual(['no chart', 'no catalogue', 'no control'].map((message) => new Error(message)));
    say({ type: 'catalogue', id: 4 });
    await settle();
    expect(socket.frames.at(-1)).toMatchObject({ id: 4 });
  });

  test('for the catalogue takes the place of one that waits', async () => {
    const looks: { id: number; finish: () => void }[] = [];
    const { say, socket } = createGreeted({
      catalogue: ({ type, id }) =>
        new Promise((resolve) => {
          const finish = (): void => resolve({ type, id, at: 0, total: 0, actors: [], counts: NO_COUNTS });
          looks.push({ id, finish });
        }),
    });
    for (const id of [1, 2, 3, 4]) say({ type: 'catalogue', id });
    expect(looks.map(({ id }) => id)).toEqual([1]);
    expect(socket.frames).toMatchObject([
      { type: 'refused', id: 2 },
      { type: 'refused', id: 3 },
    ]);
    looks[0]?.finish();
    await settle();
    expect(looks.map(({ id }) => id)).toEqual([1, 4]);
    looks[1]?.finish();
    await settle();
    expect(socket.frames.slice(2)).toMatchObject([
      { type: 'catalogue', id: 1 },
      { type: 'catalogue', id: 4 },
    ]);
  });

  test('to control has its limit', async () => {
    const { say, socket } = createGreeted({ control: () => new Promise(() => {}) });
    for (let id = 0; id < 17; id += 1) {
      say({ type: 'control', id, actor: ROOM, command: { type: 'kick' } });
    }
    expect(socket.frames).toMatchObject([{ type: 'refused', id: 16 }]);
  });

  test('that reads a room has its limit, and an end', async () => {
    const finish: (() => void)[] = [];
    const { say, socket } = createGreeted({
      presence: ({ room }) =>
        new Promise((resolve) => finish.push(() => resolve({ room, members: [], total: 0 }))),
    });
    const ask = (id: number): void => say({ type: 'presence', id, room: 'room1', limit: 1 });
    for (let id = 0; id <= 8; id += 1) ask(id);
    expect(socket.frames).toMatchObject([{ type: 'refused', id: 8 }]);
    finish[0]?.();
    await settle();
    ask(9);
    finish[8]?.();
    await settle();
    expect(socket.frames.slice(1)).toMatchObject([
      { type: 'presence', id: 0 },
      { type: 'presence', id: 9 },
    ]);
  });

  test('to control says from where it comes', async () => {
    const from: string[] = [];
    const { say } = createGreeted({
      control: async (_actor, _command, remoteAddress) => void from.push(remoteAddress),
    });
    say({ type: 'control', id: 1, actor: ROOM, command: { type: 'publish', data: null } });
    await settle();
    expect(from).toEqual(['10.0.0.1']);
  });
});

describe('a watch', () => {
  const watch = (id: number, name = `room${id}`) => ({
    type: 'watch',
    id,
    actor: { kind: 'room', id: name },
    related: true,
  });

  test('begins with who is watched, brings what happens, and ends', () => {
    const { say, socket, sinks, told } = createGreeted();
    say(watch(1));
    expect(socket.frames).toMatchObject([{ type: 'watching', id: 1, actors: [{ id: 'room1' }] }]);
    expect(sinks[0]?.send({ ...BATCH, skipped: 3 })).toBe(true);
    expect(socket.frames[1]).toEqual({ type: 'batch', id: 1, items: [], skipped: 3, actors: [] });
    say({ type: 'unwatch', id: 1 });
    expect(socket.frames[2]).toEqual({ type: 'done', id: 1 });
    expect(told).toEqual(['opened', 'stopped room1']);
  });

  test('has a number of its own, and they are 16 at most', () => {
    const { say, socket } = createGreeted();
    for (let id = 0; id < 17; id += 1) say(watch(id));
    say(watch(3));
    expect(socket.frames.slice(16)).toEqual([
      { type: 'refused', id: 16, error: '16 watches are open already' },
      { type: 'refused', id: 3, error: '3 is watched already' },
    ]);
  });

  test('is held back while the page does not read', () => {
    const { say, socket, session, sinks, told } = createGreeted();
    say(watch(1));
    socket.bufferedBytes = 1024 * 1024 + 1;
    expect(sinks[0]?.send(BATCH)).toBe(false);
    session.drained();
    expect(told).toEqual(['opened']);
    socket.bufferedBytes = 1024 * 1024;
    session.drained();
    expect(told).toEqual(['opened', 'drained room1']);
    expect(sinks[0]?.send(BATCH)).toBe(true);
  });

  test('costs the socket when frames are lost', () => {
    const { say, socket, session, told } = createGreeted();
    say(watch(1));
    session.overflowed();
    expect(socket.goodbye?.code).toBe(3008);
    expect(told).toEqual(['opened', 'stopped room1', 'closed']);
  });

  test('that has failed is over, and another may have its number', () => {
    const { say, socket, sinks, told } = createGreeted();
    say(watch(1));
    sinks[0]?.failed(new Error('broken'));
    expect(socket.frames.at(-1)).toMatchObject({ type: 'refused', id: 1 });
    say(watch(1));
    expect(socket.frames.at(-1)).toMatchObject({ type: 'watching', id: 1 });
    expect(told).toEqual(['opened']);
  });

  test('ends with its socket', async () => {
    const { say, session, socket, told } = createGreeted();
    say(watch(1));
    say(watch(2));
    say({ type: 'catalogue', id: 3 });
    say({ type: 'catalogue', id: 4 });
    socket.isOpen = false;
    session.closed();
    await settle();
    expect(told).toEqual(['opened', 'stopped room1', 'stopped room2', 'closed']);
  });
});
