import { describe, expect, it } from 'vitest';
import { createTakenPlayer, type Playable, PLAY_MS } from './taken-player.ts';

interface Recorded extends Playable {
  readonly log: readonly string[];
}

describe('what plays taken transitions', () => {
  it('plays with the next frame what stands for the transition, and ends it', () => {
    const { player, clock } = setUp();
    const arrow = record();
    player.register('a', arrow);
    player.take(['a']);
    expect(arrow.log).toEqual([]);
    clock.frame();
    expect(arrow.log).toEqual(['start']);
    clock.pass(PLAY_MS);
    expect(arrow.log).toEqual(['start', 'stop']);
  });

  it('starts once a frame, however many transitions were taken', () => {
    const { player, clock } = setUp();
    const [arrow, label] = [record(), record()];
    player.register('a', arrow);
    player.register('a', label);
    for (let count = 0; count < 1000; count++) player.take(['a']);
    expect(clock.framesAsked()).toBe(1);
    clock.frame();
    expect(arrow.log).toEqual(['start']);
    expect(label.log).toEqual(['start']);
  });

  it('plays an arrow that stands for several transitions once for all of them', () => {
    const { player, clock } = setUp();
    const arrow = record();
    player.register('a', arrow);
    player.register('b', arrow);
    player.take(['a', 'b']);
    clock.frame();
    expect(arrow.log).toEqual(['start']);
  });

  it('plays again, without a stop between, what is taken again while it plays', () => {
    const { player, clock } = setUp();
    const arrow = record();
    player.register('a', arrow);
    player.take(['a']);
    clock.frame();
    player.take(['a']);
    clock.frame();
    expect(arrow.log).toEqual(['start']);
    clock.pass(PLAY_MS);
    clock.frame();
    expect(arrow.log).toEqual(['start', 'start']);
    clock.pass(PLAY_MS);
    expect(arrow.log).toEqual(['start', 'start', 'stop']);
  });

  it('starts others while one plays', () => {
    const { player, clock } = setUp();
    const [first, second] = [record(), record()];
    player.register('a', first);
    player.register('b', second);
    player.take(['a']);
    clock.frame();
    player.take(['b']);
    clock.frame();
    clock.pass(PLAY_MS);
    expect(first.log).toEqual(['start', 'stop']);
    expect(second.log).toEqual(['start', 'stop']);
  });

  it('asks for no frame when nothing stands for the transition', () => {
    const { player, clock } = setUp();
    player.take(['unknown']);
    expect(clock.framesAsked()).toBe(0);
  });

  it('does not start what was withdrawn before its frame', () => {
    const { player, clock } = setUp();
    const arrow = record();
    const withdraw = player.register('a', arrow);
    player.take(['a']);
    withdraw();
    clock.frame();
    player.take(['a']);
    clock.frame();
    expect(arrow.log).toEqual([]);
  });
});

function setUp() {
  const clock = createClock();
  return { clock, player: createTakenPlayer(clock) };
}

function record(): Recorded {
  const log: string[] = [];
  return { log, start: () => log.push('start'), stop: () => log.push('stop') };
}

/** Frames and time that come when a test says so. */
function createClock() {
  let frames: (() => void)[] = [];
  let timers: { readonly at: number; readonly callback: () => void }[] = [];
  let now = 0;
  return {
    requestFrame: (callback: () => void) => frames.push(callback),
    setTimeout: (callback: () => void, ms: number) => timers.push({ at: now + ms, callback }),
    framesAsked: () => frames.length,
    frame: () => {
      const due = frames;
      frames = [];
      for (const callback of due) callback();
    },
    pass: (ms: number) => {
      now += ms;
      const due = timers.filter(({ at }) => at <= now);
      timers = timers.filter(({ at }) => at > now);
      for (const { callback } of due) callback();
    },
  };
}
