/** What a room allows and keeps, in words. */

import type { RoomSettings } from '../../../src/inspect/feed/feed-protocol.ts';
import { formatDuration } from '../../shared/duration.ts';
import { formatCount } from '../ui/format.ts';

/** Names and values, in words. */
export function describeSettings(settings: RoomSettings): [name: string, value: string][] {
  const { pattern, rules, owners, history, recover, delta, joinLeave, rpc, handlers, hasSchema } = settings;
  const { capacity, messagesPerSecond, messageBytes, lingerMs, handlerMs } = settings;
  return [
    ['pattern of the settings', pattern ?? 'none'],
    ['may join', rules.join],
    ['may publish', rules.publish],
    ['may ask who is present', rules.presence],
    ['may read the history', rules.history],
    ['may call functions', rules.rpc],
    ...(owners === undefined ? [] : [['belongs to', owners.join(', ')] as [string, string]]),
    [
      'history',
      history.size === 0
        ? 'not kept'
        : `${formatCount(history.size)} messages, for ${formatDuration(history.ttlMs)}`,
    ],
    ['recovery', recover === 'cache' ? 'the latest message' : yesOrNo(recover && history.size > 0)],
    ['deltas', yesOrNo(delta)],
    ['members are told of joins and leaves', yesOrNo(joinLeave)],
    ['functions that may be called', rpc.length === 0 ? 'none' : rpc.join(', ')],
    ['handlers', handlers.length === 0 ? 'none' : handlers.join(', ')],
    ['schema of messages', yesOrNo(hasSchema)],
    ['seats', formatCount(capacity)],
    ['messages a second', messagesPerSecond === undefined ? 'any number' : formatCount(messagesPerSecond)],
    ['longest message', `${formatCount(messageBytes)} bytes`],
    ['stays in memory when empty', formatDuration(lingerMs)],
    ['deadline of handlers', formatDuration(handlerMs)],
  ];
}

function yesOrNo(value: boolean): string {
  return value ? 'yes' : 'no';
}
