/** Closes the connections and rooms of a server that shuts down. The server's machine decides when. */

import type { Clock } from '../system/clock.ts';
import type { Directory } from '../actors/directory.ts';
import { send } from '../actors/runtime/send.ts';
import { SERVER } from '../actors/runtime/sender.ts';
import { eachInTurn } from '../system/turns.ts';
import type { EventSink } from '../events/server-events.ts';

/** Connections that are told in one turn of the event loop: thousands at a time would block everything else. */
const CONNECTIONS_A_TURN = 500;
/** Rooms that close at a time: each writes its last changes. */
const ROOMS_AT_A_TIME = 200;
/** How often the number of open connections and rooms is reported while draining. */
const PROGRESS_INTERVAL_MS = 1_000;

export interface DrainingInput {
  readonly directory: Directory;
  readonly events: EventSink;
  readonly clock: Clock;
}

/** Tells every connection that the server is shutting down. Resolves when no connection is left. */
export async function emptyConnections(input: DrainingInput, signal: AbortSignal): Promise<void> {
  const { directory, clock } = input;
  await reportWhile(input, async () => {
    const emptied = new Promise<void>((resolve) => {
      directory.onceEmpty(resolve);
    });
    for (const batch of batches([...directory.connections.values()], CONNECTIONS_A_TURN)) {
      if (signal.aborted) return;
      for (const connection of batch) send(connection, { type: 'server.draining' }, SERVER);
      await nextTurn(clock);
    }
    await emptied;
  });
}

/** Closes every room. Resolves when no room is in memory. */
export async function closeRooms(input: DrainingInput, signal: AbortSignal): Promise<void> {
  const { directory } = input;
  await reportWhile(input, async () => {
    // A room that closes has some seconds to be written: more at a time would wait for each other.
    await eachInTurn([...directory.rooms.values()], ROOMS_AT_A_TIME, async (room) => {
      if (signal.aborted) return;
      room.send({ type: 'room.close' }, SERVER);
      await room.untilEnd();
    });
  });
}

async function reportWhile(input: DrainingInput, work: () => Promise<void>): Promise<void> {
  const { directory, events, clock } = input;
  let timer: unknown;
  const report = (): void => {
    events.emit('server.draining', { connections: directory.connections.size, rooms: directory.rooms.size });
    timer = clock.setTimeout(report, PROGRESS_INTERVAL_MS);
  };
  report();
  try {
    await work();
  } finally {
    clock.clearTimeout(timer);
  }
}

function nextTurn(clock: Clock): Promise<void> {
  return new Promise((resolve) => {
    clock.setTimeout(resolve, 0);
  });
}

function* batches<T>(items: readonly T[], size: number): Generator<T[]> {
  for (let start = 0; start < items.length; start += size) yield items.slice(start, start + size);
}
