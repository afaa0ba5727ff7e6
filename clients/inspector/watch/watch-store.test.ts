import { describe, expect, test } from 'vitest';
import type { BatchMessage, FeedItem } from '../../../src/inspect/feed/feed-protocol.ts';
import type { WatchListener } from '../feed/feed.ts';
import { KEPT_ENTRIES } from './seen-log.ts';
import { life, transition, watched } from '../testing/feed-items.ts';
import { WatchStore } from './watch-store.ts';

const ROOM = { kind: 'room', id: 'room1' } as const;
const C1 = { kind: 'connection', id: 'c1' } as const;
const FRAME_MS = 16;

/** A store whose frames and server the test plays. */
function setUp() {
  let frames: ((time: number) => void)[] = [];
  let time = 0;
  const told: unknown[] = [];
  const heard: { listener: WatchListener; isOn: boolean }[] = [];
  const store = new WatchStore({
    client: {
      watch: (_actor, _related, listener) => {
        const watch = { listener, isOn: true };
        heard.push(watch);
        return () => void (watch.isOn = false);
      },
    },
    actor: ROOM,
    frames: { request: (callback) => void frames.push(callback) },
    now: () => 1_000,
    onEnd: (...end) => told.push(end),
  });
  let published = 0;
  store.subscribe(() => (published += 1));
  return {
    store,
    told,
    heard,
    server: () => heard.at(-1)!.listener,
    published: () => published,
    /** The next frame of the browser. */
    frame(ms = FRAME_MS): void {
      time += ms;
      const due = frames;
      frames = [];
      for (const callback of due) callback(time);
    },
    framesAsked: () => frames.length,
  };
}

function batchOf(items: readonly FeedItem[], rest: Partial<BatchMessage> = {}): BatchMessage {
  return { type: 'batch', id: 1, items, skipped: 0, actors: [], ...rest };
}

function moves(count: number, from = 0): FeedItem[] {
  return Array.from({ length: count }, (_, index) =>
    transition(ROOM, { at: (from + index) * 10, event: `e${from + index}`, states: [`s${from + index}`] }),
  );
}

describe('a watch', () => {
  test('tells its subscribers once a frame, however much came', () => {
    const { store, server, published, frame, framesAsked } = setUp();
    store.start();
    server().began([watched(ROOM)]);
    for (let turn = 0; turn < 50; turn += 1) server().heard(batchOf(moves(20, 20 * turn)));
    expect(published()).toBe(0);
    expect(framesAsked()).toBe(1);
    frame();
    expect(published()).toBe(1);
    expect(store.getView()).toMatchObject({ position: 1_000, state: { type: 'watching' } });
    frame();
    expect(published()).toBe(1);
  });

  test('stays bounded while nobody draws, as in a hidden tab', () => {
    const { store, server, framesAsked } = setUp();
    store.start();
    for (let turn = 0; turn < 600; turn += 1) server().heard(batchOf(moves(20, 20 * turn)));
    const { log } = store.getView();
    expect(log.last - log.first + 1).toBe(KEPT_ENTRIES);
    expect(framesAsked()).toBe(1);
  });

  test('that is stopped and started again keeps what was seen, with a gap', () => {
    const { store, server, heard, frame } = setUp();
    store.start();
    server().began([watched(ROOM)]);
    server().heard(batchOf(moves(2)));
    store.stop();
    expect(heard[0]!.isOn).toBe(false);
    store.start();
    server().began([watched(ROOM)]);
    frame();
    expect(
      store
        .getView()
        .log.slice()
        .map(({ what }) => what.type),
    ).toEqual(['transition', 'transition', 'gap']);
  });

  test('tells when its own actor ends or fails, and not of others', () => {
    const { store, server, told } = setUp();
    store.start();
    server().heard(
      batchOf([
        life(C1, { type: 'ended' }),
        life(ROOM, { type: 'failed', error: 'boom' }),
        life(ROOM, { type: 'ended' }),
      ]),
    );
    expect(told).toEqual([
      ['failed', 'boom'],
      ['ended', undefined],
    ]);
  });

  test('shows that it was refused, and nothing new when it is again', () => {
    const { store, server, frame, framesAsked } = setUp();
    store.start();
    server().refused('there is no room room1');
    frame();
    expect(store.getView().state).toEqual({ type: 'refused', error: 'there is no room room1' });
    server().refused('there is no room room1');
    expect(framesAsked()).toBe(0);
  });
});

describe('time', () => {
  function seen(count: number) {
    const tools = setUp();
    tools.store.start();
    tools.server().began([watched(ROOM)]);
    tools.server().heard(batchOf(moves(count)));
    tools.frame();
    return tools;
  }

  test('is live at first: the newest entry is shown', () => {
    const { store, server, frame } = seen(3);
    expect(store.getView()).toMatchObject({ playback: { type: 'live' }, position: 3, newer: 0 });
    server().heard(batchOf(moves(1, 3)));
    frame();
    expect(store.getView().position).toBe(4);
  });

  test('stands still when it is paused, and what comes is counted', () => {
    const { store, server, frame } = seen(3);
    store.pause();
    server().heard(batchOf(moves(7, 3)));
    frame();
    expect(store.getView()).toMatchObject({ playback: { type: 'paused' }, position: 3, newer: 7 });
    expect(store.getView().log.last).toBe(3);
    store.goLive();
    frame();
    expect(store.getView()).toMatchObject({ playback: { type: 'live' }, position: 10, newer: 0 });
  });

  test('that is paused keeps its moment, however much comes', () => {
    const { store, server, frame } = seen(3);
    store.goTo(2);
    for (let turn = 0; turn < 400; turn += 1) server().heard(batchOf(moves(20, 20 * turn)));
    frame();
    const { log, position } = store.getView();
    expect(log.momentsAt(position).get('room/room1')?.states).toEqual(['s1']);
  });

  test('goes back and forth event by event, within what was seen', () => {
    const { store, frame } = seen(3);
    const positionAfter = (by: number): number => {
      store.step(by);
      frame();
      return store.getView().position;
    };
    expect([-1, -1, -1, -1, 1].map(positionAfter)).toEqual([2, 1, 0, 0, 1]);
    expect(positionAfter(99)).toBe(3);
  });

  test('is replayed from the moment that is shown, and is live at the end', () => {
    const { store, frame } = seen(4);
    store.goTo(2);
    store.replay();
    frame();
    const positions: number[] = [];
    for (let turn = 0; turn < 4; turn += 1) {
      frame(7);
      positions.push(store.getView().position);
    }
    expect(positions).toEqual([2, 3, 4, 4]);
    expect(store.getView().playback.type).toBe('live');
  });

  test('at the end is replayed from the beginning', () => {
    const { store, frame } = seen(4);
    store.replay();
    frame();
    expect(store.getView()).toMatchObject({ playback: { type: 'replaying' }, position: 1 });
  });

  test('is replayed at the chosen speed, what came meanwhile included', () => {
    const { store, server, frame } = seen(3);
    store.setSpeed(0.5);
    store.goTo(1);
    store.replay();
    frame();
    server().heard(batchOf(moves(1, 3)));
    const positions: number[] = [];
    for (let turn = 0; turn < 8; turn += 1) {
      frame(10);
      positions.push(store.getView().position);
    }
    expect(positions).toEqual([1, 2, 2, 3, 3, 4, 4, 4]);
    expect(store.getView().playback.type).toBe('live');
  });

  test('that is replayed can be paused', () => {
    const { store, frame } = seen(9);
    store.replay();
    frame();
    frame(20);
    store.pause();
    frame(500);
    frame(500);
    expect(store.getView()).toMatchObject({ playback: { type: 'paused', position: 3 } });
  });
});
