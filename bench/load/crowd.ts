/** Opens many clients in batches, because the backlog of a listening socket is short, and prepares their joins. */

import { encodeTextFrame } from './client-frames.ts';
import { DIALECTS, markOf } from './dialect.ts';
import { openClient, pickServer, type ClientListener, type Target, type WireClient } from './wire-client.ts';

/** Handshakes at a time. */
const HANDSHAKES = 128;
const POLL_MS = 2;

/** Opens a client for each state, in their order, and calls `opened` for each. */
export async function openCrowd<State>(
  target: Target,
  states: readonly State[],
  listener: ClientListener<State>,
  opened: (client: WireClient<State>) => void,
): Promise<WireClient<State>[]> {
  const clients: WireClient<State>[] = [];
  let next = 0;
  async function openSome(): Promise<void> {
    while (next < states.length) {
      const index = next;
      next += 1;
      const client = await openClient(pickServer(target, index), states[index] as State, listener);
      clients[index] = client;
      opened(client);
    }
  }
  await Promise.all(Array.from({ length: HANDSHAKES }, openSome));
  return clients;
}

/** All names have the same length, so that all answers have the same length too. */
export function nameRoom(index: number): string {
  return `bench-${String(index).padStart(5, '0')}`;
}

/** The frame of the join for each room, and the mark of the answer. */
export function prepareJoins({ dialect }: Target, rooms: number) {
  const asks = Array.from({ length: rooms }, (_, index) => DIALECTS[dialect].join(nameRoom(index)));
  return {
    frames: asks.map(({ frame }) => encodeTextFrame(frame)),
    answerMark: markOf(dialect, asks[0]?.answer ?? ''),
  };
}

/** Waits for a condition. @throws {Error} after `withinMs` milliseconds; `describe` gives its message. */
export async function until(isSo: () => boolean, withinMs: number, describe: () => string): Promise<void> {
  const deadline = performance.now() + withinMs;
  while (!isSo()) {
    if (performance.now() > deadline) throw new Error(`after ${withinMs} ms: ${describe()}`);
    await sleep(POLL_MS);
  }
}

export function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}
