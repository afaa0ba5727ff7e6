/** Long work in portions, so that the server does other things in between. */

/** Resolves when the event loop has done what waits. */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
