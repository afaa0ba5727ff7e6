/**
 * Plays the marks of taken transitions: it starts at most once a frame, and never plays the same line twice at a
 * time, however many transitions are taken.
 */

/** What can be marked as taken: a line, or a text. */
export interface Playable {
  /** Is called again, without a stop, when the transition is taken again while this plays. */
  start(): void;
  stop(): void;
}

export interface PlayerClock {
  requestFrame(callback: () => void): unknown;
  /** @param ms milliseconds */
  setTimeout(callback: () => void, ms: number): unknown;
}

export interface TakenPlayer {
  /** Plays, with the next frame, everything that is registered for one of these transitions. */
  take(transitions: readonly string[]): void;
  /** @returns unregisters it */
  register(transition: string, playable: Playable): () => void;
}

/** How long one is played: long enough to be seen, short enough to end before it is outdated. */
export const PLAY_MS = 700;

const platformClock: PlayerClock = {
  requestFrame: (callback) => requestAnimationFrame(callback),
  setTimeout: (callback, ms) => setTimeout(callback, ms),
};

export function createTakenPlayer(clock: PlayerClock = platformClock): TakenPlayer {
  const playables = new Map<string, Set<Playable>>();
  const due = new Set<Playable>();
  const playing = new Set<Playable>();
  let isFrameAsked = false;

  return { take, register };

  function take(transitions: readonly string[]): void {
    for (const transition of transitions) {
      for (const playable of playables.get(transition) ?? []) due.add(playable);
    }
    askForFrame();
  }

  function register(transition: string, playable: Playable): () => void {
    const registered = playables.get(transition) ?? new Set();
    playables.set(transition, registered.add(playable));
    return () => {
      registered.delete(playable);
      due.delete(playable);
    };
  }

  function askForFrame(): void {
    if (isFrameAsked || due.size === 0) return;
    isFrameAsked = true;
    clock.requestFrame(() => {
      isFrameAsked = false;
      const started = [...due].filter((playable) => !playing.has(playable));
      if (started.length > 0) start(started);
    });
  }

  function start(started: readonly Playable[]): void {
    for (const playable of started) {
      due.delete(playable);
      playing.add(playable);
      playable.start();
    }
    clock.setTimeout(() => end(started), PLAY_MS);
  }

  function end(ended: readonly Playable[]): void {
    for (const playable of ended) {
      playing.delete(playable);
      if (!due.has(playable)) playable.stop();
    }
    askForFrame();
  }
}
