/** Long work in portions, so that the server does other things in between. */

/** Resolves when the event loop has done what waits. */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}

/**
 * Does something with each item, with so many of them at a time, in order. The event loop does other things in between,
 * also where the work waits for nothing. Rejects when one does.
 */
export async function eachInTurn<Item>(
  items: readonly Item[],
  atATime: number,
  work: (item: Item) => Promise<void>,
): Promise<void> {
  const left = items.values();
  const workOff = async (): Promise<void> => {
    for (const item of left) {
      await work(item);
      await nextTurn();
    }
  };
  await Promise.all(Array.from({ length: Math.min(atATime, items.length) }, workOff));
}
