/** The machine's own time, as actors see it. */

import type { ActorClock } from '../actors/ports.ts';

export const systemClock: ActorClock = {
  now: () => Date.now(),
  setTimeout: (fn, delayMs) => setTimeout(fn, delayMs),
  clearTimeout: (id) => clearTimeout(id as NodeJS.Timeout),
};
