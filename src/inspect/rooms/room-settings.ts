/** The rules and limits of a room in memory, as the page shows them. */

import type { RoomRecord } from '../../actors/room/room-record.ts';
import type { RoomSettings } from '../feed/feed-protocol.ts';

export function viewSettings(
  { options }: Pick<RoomRecord, 'options'>,
  pattern: string | undefined,
): { readonly settings: RoomSettings } {
  const { rules, owners, history, stream, joinLeave, rpc, handlers, check } = options;
  const { capacity, messagesPerSecond, messageBytes, lingerMs, handlerMs } = options;
  return {
    settings: {
      ...(pattern !== undefined && { pattern }),
      rules,
      ...(owners !== undefined && { owners }),
      history: { size: history.size, ttlMs: history.ttlMs },
      recover: stream.recover,
      delta: stream.delta,
      joinLeave,
      rpc,
      handlers: Object.entries(handlers)
        .filter(([, handler]) => handler !== undefined)
        .map(([name]) => name),
      hasSchema: check !== undefined,
      capacity,
      ...(messagesPerSecond !== undefined && { messagesPerSecond }),
      messageBytes,
      lingerMs,
      handlerMs,
    },
  };
}
