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

/** How often connections are told, when they are spread out. */
const STEP_MS = 50;
/** The part of the time to drain that telling connections may take. Commands under way, rooms and webhooks have the rest. */
const TELLING_SHARE = 0.5;

export interface DrainingInput {
  readonly directory: Directory;
  readonly events: EventSink;
  readonly clock: Clock;
}

/** How fast connections are told to come back. */
export interface Pace {
  /** Connections a second; 0 is all at once. It rises where the time would not do. */
  readonly connectionsPerSecond: number;
  /** How long the whole draining may take. */
  readonly drainMs: number;
}

/** Tells every connection that the server is shutting down. Resolves when no connection is left. */
export async function emptyConnections(input: DrainingInput, pace: Pace, signal: AbortSignal): Promise<void> {
  const { directory } = input;
  await reportWhile(input, async () => {
    const emptied = new Promise<void>((resolve) => {
      directory.onceEmpty(resolve);
    });
    await tellAll(input, pace, signal);
    if (!signal.aborted) await emptied;
  });
}

/** The clients come back as they are told: spread out, they are no storm for those who take them over. */
async function tellAll({ directory, clock }: DrainingInput, pace: Pace, signal: AbortSignal): Promise<void> {
  const ids = [...directory.connections.keys()];
  const perMs = ratePerMs(ids.length, pace);
  const began = clock.monotonic();
  let told = 0;
  while (told < ids.length && !signal.aborted) {
    const due = Math.max(1, Math.floor((clock.monotonic() - began + STEP_MS) * perMs));
    const end = Math.min(due, told + CONNECTIONS_A_TURN, ids.length);
    for (; told < end; told += 1) {
      const connection = directory.connections.get(ids[told] ?? '');
      if (connection !== undefined) send(connection, { type: 'server.draining' }, SERVER);
    }
    if (told < ids.length) await pause(clock, told < due ? 0 : STEP_MS);
  }
}

function ratePerMs(connections: number, { connectionsPerSecond, drainMs }: Pace): number {
  if (connectionsPerSecond === 0) return Infinity;
  return Math.max(connectionsPerSecond / 1000, connections / (drainMs * TELLING_SHARE));
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

function pause(clock: Clock, ms: number): Promise<void> {
  return new Promise((resolve) => {
    clock.setTimeout(resolve, ms);
  });
}
