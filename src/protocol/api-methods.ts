/** The names of the methods of the server API: the settings give keys rights by them. */

export const API_METHOD_NAMES = [
  'publish',
  'broadcast',
  'subscribe',
  'unsubscribe',
  'disconnect',
  'refresh',
  'invalidate',
  'revoke',
  'unrevoke',
  'revocations',
  'presence',
  'presence_stats',
  'presence_set',
  'presence_remove',
  'history',
  'history_remove',
  'channels',
  'info',
  'rpc',
  'send',
  'broadcast_all',
  'kick',
  'mute',
  'unmute',
  'muted',
  'close_channel',
  'watch',
  'explain',
] as const;

/** `watch` and `explain` are `GET /api/<name>`; the others are `POST /api/<name>`. */
export type ApiMethodName = (typeof API_METHOD_NAMES)[number];

/** What a key may be for: the methods, and the numbers at `/metrics`. */
export const KEY_RIGHTS = [...API_METHOD_NAMES, 'metrics'] as const;

export type KeyRight = (typeof KEY_RIGHTS)[number];
