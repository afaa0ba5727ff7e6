/** The settings `limits`, a part of the schema: how much clients may use. */

import * as z from 'zod';
import { DEFAULT_MESSAGE_BYTES, DEFAULT_ROOM_NAME_BYTES } from '../../protocol/limits.ts';
import { fieldNotes } from './field-notes.ts';

export const MAX_ROOM_CAPACITY = 10_000_000;

const KIB = 1024;
const MIB = 1024 * KIB;
const GIB = 1024 * MIB;
/** uWebSockets.js takes 8 to 960 seconds, or 0 for never. */
const MIN_IDLE_TIMEOUT_SECONDS = 8;
const MAX_IDLE_TIMEOUT_SECONDS = 960;

/** A rate of each connection by itself. */
function ratePerConnection(perSecond: number, what: string, note?: string) {
  const rule = `How many ${what} one connection may send a second, on the long run; five times as many may come at once.`;
  const past = 'Further ones are refused (111), and a client that goes on far beyond it is closed with 3013.';
  return z
    .number()
    .min(0)
    .default(perSecond)
    .describe([rule, ...(note === undefined ? [] : [note]), past, '0 is no limit.'].join(' '))
    .register(fieldNotes, { allowed: 'a number from 0' });
}

export const limitsSchema = z.strictObject({
  connections: z
    .int()
    .min(0)
    .max(10_000_000)
    .default(0)
    .describe(
      'How many connections may be open at a time; further ones are refused with 503, or closed at once when very many come together. 0 is as many as the process may have open files, less a reserve for the store and for HTTP; 10,000 where that number cannot be read. A setting above what the open files allow has no effect.',
    )
    .register(fieldNotes, { unit: 'connections' }),
  connectionsPerAddress: z
    .int()
    .min(0)
    .max(10_000_000)
    .default(0)
    .describe(
      'How many connections one address may have at a time, in each process; further ones are refused with 429. An IPv6 address counts as its first 64 bits. 0 is no limit. Behind a proxy, set `trustedProxies` too.',
    )
    .register(fieldNotes, { unit: 'connections' }),
  connectionsPerUser: z
    .int()
    .min(0)
    .max(10_000_000)
    .default(0)
    .describe(
      'How many connections one user may have at a time, in each process; further ones are closed with 3504. 0 is no limit.',
    )
    .register(fieldNotes, { unit: 'connections' }),
  handshakesPerSecond: z
    .number()
    .min(0)
    .max(1_000_000)
    .optional()
    .describe(
      'How often one address may ask for a connection, on the long run; five times as many may come at once, and further ones are refused with 429. 0 is no limit. Without it: 200, and no limit for programs of this machine.',
    )
    .register(fieldNotes, { unit: 'handshakes' }),
  messageBytes: z
    .int()
    .min(1)
    .max(64 * MIB)
    .default(DEFAULT_MESSAGE_BYTES)
    .describe('The longest message.')
    .register(fieldNotes, { unit: 'bytes' }),
  roomNameBytes: z
    .int()
    .min(1)
    .max(KIB)
    .default(DEFAULT_ROOM_NAME_BYTES)
    .describe('The longest room name, in UTF-8.')
    .register(fieldNotes, { unit: 'bytes' }),
  roomsPerConnection: z
    .int()
    .min(1)
    .max(100_000)
    .default(128)
    .describe('How many rooms one connection may be in.')
    .register(fieldNotes, { unit: 'rooms' }),
  roomCapacity: z
    .int()
    .min(1)
    .max(MAX_ROOM_CAPACITY)
    .default(100_000)
    .describe('How many members a room may have, unless `rooms` says otherwise.')
    .register(fieldNotes, { unit: 'members' }),
  rooms: z
    .int()
    .min(1)
    .max(10_000_000)
    .default(100_000)
    .describe('How many rooms may be in memory at a time.')
    .register(fieldNotes, { unit: 'rooms' }),
  guestRooms: z
    .int()
    .min(0)
    .max(10_000_000)
    .default(1_000)
    .describe(
      'How many of these may have been opened by messages and calls of clients, while nobody has joined them: rooms where a handler, a schema or a rate judges messages. They stay in memory only as long as that needs them.',
    )
    .register(fieldNotes, { unit: 'rooms' }),
  historyBytes: z
    .int()
    .min(MIB)
    .max(64 * GIB)
    .default(64 * MIB)
    .describe(
      'What the streams of rooms may take: 384 bytes for the position of a room without members, 256 and the message for a publication that is kept. Beyond it, the streams that were used longest ago are dropped.',
    )
    .register(fieldNotes, { unit: 'bytes' }),
  sendQueueBytes: z
    .int()
    .min(KIB)
    .max(GIB)
    .default(MIB)
    .describe('How much data may wait for a slow client before its connection is closed.')
    .register(fieldNotes, { unit: 'bytes' }),
  sendMemoryBytes: z
    .int()
    .min(0)
    .max(1024 * GIB)
    .default(256 * MIB)
    .describe(
      'How much data may wait for all clients of a process together. With more, those for whom most waits are closed (3008). 0 is no limit.',
    )
    .register(fieldNotes, { unit: 'bytes' }),
  receiveQueueBytes: z
    .int()
    .min(KIB)
    .max(GIB)
    .default(MIB)
    .describe(
      'How much data of one connection may wait, while an earlier command of it is not answered or others are served.',
    )
    .register(fieldNotes, { unit: 'bytes' }),
  callsPerConnection: z
    .int()
    .min(1)
    .max(10_000)
    .default(16)
    .describe('How many calls and other questions one connection may have in flight.')
    .register(fieldNotes, { unit: 'calls' }),
  apiCalls: z
    .int()
    .min(1)
    .max(1_000_000)
    .default(1_000)
    .describe(
      'How many requests of the server API, of the push routes and of `/presence` may be under way; further ones are refused with 503.',
    )
    .register(fieldNotes, { unit: 'calls' }),
  broadcastsPerSecond: z
    .number()
    .positive()
    .default(1_000)
    .describe('How many broadcasts of clients, all of them together, the server takes a second.')
    .register(fieldNotes, { allowed: 'a number above 0' }),
  broadcastsPerSecondPerConnection: ratePerConnection(500, 'broadcasts'),
  messagesPerSecond: ratePerConnection(
    0,
    'messages and calls',
    'Messages to rooms, broadcasts, calls and messages to the server count.',
  ),
  bytesPerSecond: ratePerConnection(
    0,
    'bytes',
    'All frames count, as the client sends them. Two of the longest messages may always come at once.',
  ),
  joinsPerSecond: ratePerConnection(
    5_000,
    'joins',
    'As many as `limits.roomsPerConnection` may always come at once.',
  ),
  newRoomsPerSecond: ratePerConnection(
    1_000,
    'joins of rooms that are not in memory',
    'As many as `limits.roomsPerConnection` may always come at once.',
  ),
  idleTimeoutSeconds: z
    .int()
    .refine(
      (seconds) =>
        seconds === 0 || (seconds >= MIN_IDLE_TIMEOUT_SECONDS && seconds <= MAX_IDLE_TIMEOUT_SECONDS),
    )
    .default(120)
    .describe(
      'A connection that sends nothing for this long, not even answers to pings, is closed; 0 is never.',
    )
    .register(fieldNotes, {
      allowed: `0, or a whole number of seconds from ${MIN_IDLE_TIMEOUT_SECONDS} to ${MAX_IDLE_TIMEOUT_SECONDS}`,
    }),
  handlerSeconds: z
    .number()
    .min(0.01)
    .max(3600)
    .default(5)
    .describe('The deadline of each handler, such as `onJoin` and `onMessage`.')
    .register(fieldNotes, { unit: 'seconds' }),
});
