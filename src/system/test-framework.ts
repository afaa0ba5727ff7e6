/** What contract suites need of a test framework, and of chance and time. They import none. */

/** The two functions of a test framework that a suite needs; vitest, jest and node:test have them. */
export interface TestFramework {
  readonly describe: (name: string, body: () => void) => unknown;
  readonly test: (name: string, body: () => Promise<void>) => unknown;
}

/** Whole numbers below a bound, the same ones for the same seed (a linear congruential generator). */
export function createRandom(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    // Multiplier and increment: "Numerical Recipes", quick generator. The low bits are poor, so the high ones count.
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

const POLL_MS = 5;
const PATIENCE_MS = 5_000;

/** Waits until a check passes, for what other nodes hear a little later; after five seconds it throws what the check throws. */
export async function eventually(check: () => void | Promise<void>): Promise<void> {
  const end = performance.now() + PATIENCE_MS;
  for (;;) {
    try {
      await check();
      return;
    } catch (error) {
      if (performance.now() > end) throw error;
      await sleep(POLL_MS);
    }
  }
}

export function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}
