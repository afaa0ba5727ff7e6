/** The events of a server that are alarms, and their texts. */

import type { EventBus } from '../../events/event-bus.ts';
import type { AlarmLevel } from './notifier.ts';

/** Raises an alarm for each event that an operator should see. Returns a function that removes the listeners. */
export function watchAlarms(
  server: Pick<EventBus, 'on' | 'off'>,
  alarm: (level: AlarmLevel, text: string) => void,
): () => void {
  const listeners = {
    'store.failed': ({ room, error }: { room?: string; error: unknown }) =>
      alarm('error', `the store failed${room === undefined ? '' : ` for room ${room}`}: ${toText(error)}`),
    'store.recovered': ({ room }: { room: string }) =>
      alarm('normal', `the store recovered for room ${room}`),
    'redis.failed': ({ address, error }: { address: string; error: unknown }) =>
      alarm('error', `Redis at ${address} cannot be used: ${toText(error)}`),
    'redis.recovered': ({ address }: { address: string }) =>
      alarm('normal', `Redis at ${address} can be used again`),
    'room.failed': ({ room, error, outcome }: { room: string; error: unknown; outcome: string }) =>
      alarm('error', `room ${room} failed and is ${outcome}: ${toText(error)}`),
    'servant.circuit': ({ servant, circuit }: { servant: string; circuit: string }) => {
      if (circuit === 'open') alarm('warning', `calls of servant ${servant} are stopped: too many failed`);
      if (circuit === 'closed') alarm('normal', `calls of servant ${servant} succeed again`);
    },
  } as const;

  server.on('store.failed', listeners['store.failed']);
  server.on('store.recovered', listeners['store.recovered']);
  server.on('redis.failed', listeners['redis.failed']);
  server.on('redis.recovered', listeners['redis.recovered']);
  server.on('room.failed', listeners['room.failed']);
  server.on('servant.circuit', listeners['servant.circuit']);
  return () => {
    server.off('store.failed', listeners['store.failed']);
    server.off('store.recovered', listeners['store.recovered']);
    server.off('redis.failed', listeners['redis.failed']);
    server.off('redis.recovered', listeners['redis.recovered']);
    server.off('room.failed', listeners['room.failed']);
    server.off('servant.circuit', listeners['servant.circuit']);
  };
}

function toText(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
