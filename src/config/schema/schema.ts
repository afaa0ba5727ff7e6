/** Every setting with its type, limits, default and meaning. */

import * as z from 'zod';
import { authSchema } from './auth-schema.ts';
import { fieldNotes } from './field-notes.ts';
import { hooksSchema } from './hooks-schema.ts';
import { limitsSchema } from './limits-schema.ts';
import { inspectorSchema } from './inspector-schema.ts';
import { KEY_RIGHTS } from '../../protocol/api-methods.ts';
import { metricsSchema } from './metrics-schema.ts';
import { isOriginRule, ORIGIN_WORDS } from './origin.ts';
import { isAddressRule } from '../../system/addresses.ts';
import { roomPattern } from './room-pattern.ts';
import { monitorSchema } from './monitor-schema.ts';
import { redisSchema } from './redis-schema.ts';
import { tarsSchema } from './tars-schema.ts';
import { roomsSchema } from './room-schema.ts';
import { webhooksSchema } from './webhook-schema.ts';

const ADDRESS_WORDS =
  'an IP address, a network such as 10.0.0.0/8 or 2001:db8::/32, or one of loopback, private';

const HOUR_SECONDS = 60 * 60;
const DAY_SECONDS = 24 * HOUR_SECONDS;
/** How long users may be expected back after a restart. */
const MAX_AWAY_DAYS = 24;
/** As many as a server can have. */
const MAX_CLOSES_PER_SECOND = 10_000_000;
/** More processes than a machine has cores do not serve more. */
const MAX_WORKERS = 256;

const log = z.strictObject({
  level: z
    .enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'])
    .default('info')
    .describe('Log messages of this level and of more serious ones.')
    .register(fieldNotes, { flag: '--log-level <level>' }),
  format: z
    .enum(['auto', 'pretty', 'json'])
    .default('auto')
    .describe('The format of log lines; `auto` is `pretty` on a terminal and `json` elsewhere.'),
});

const apiKey = z.strictObject({
  name: z
    .string()
    .regex(/^[\w.-]{1,64}$/)
    .register(fieldNotes, { allowed: 'a name of letters, digits and _ . -' }),
  key: z.string().min(12).register(fieldNotes, { secret: true, allowed: 'a text of at least 12 characters' }),
  allow: z.array(z.enum(KEY_RIGHTS)).optional(),
  rooms: z.array(roomPattern).optional(),
  requestsPerSecond: z.number().positive().optional().register(fieldNotes, { allowed: 'a number above 0' }),
});

const http = z.strictObject({
  apiKey: z
    .string()
    .min(12)
    .optional()
    .describe(
      'The key that requests of the server API, of the push routes and of `/presence` must carry. It may do everything.',
    )
    .register(fieldNotes, { secret: true, allowed: 'a text of at least 12 characters' }),
  apiKeys: z
    .array(apiKey)
    .default([])
    .describe(
      'Further keys, each with the methods and rooms that it is for. `/Index/pushByRoom` counts as the method `publish`, `/Index/pushAll` as `broadcast_all`, `/presence` as `presence`. `metrics` is for `/metrics`.',
    )
    .register(fieldNotes, {
      secret: true,
      allowed: 'a list of objects with name, key and, if wanted, allow, rooms and requestsPerSecond',
    }),
  allowedOrigins: z
    .array(z.string().refine(isOriginRule).register(fieldNotes, { allowed: ORIGIN_WORDS }))
    .default([])
    .describe(
      'The origins whose pages may use the server API (`/api/*`) with a key; `*` is any. Who sees the page sees the key.',
    ),
  open: z
    .boolean()
    .default(false)
    .describe('The HTTP push and presence routes need no key, even if the server listens beyond loopback.'),
});

const line = z.strictObject({
  userParameter: z
    .boolean()
    .default(false)
    .describe(
      'Trust `?user=NAME` on the handshake of a WebSocket. Every client can then use any name: for trusted networks only.',
    ),
});

const tls = z.strictObject({
  certFile: z
    .string()
    .min(1)
    .optional()
    .describe(
      'A file with the certificate of the server (PEM), and behind it those of the authorities between. With `tls.keyFile`, the server speaks HTTPS and WSS only. The files are read again when they change.',
    )
    .register(fieldNotes, { allowed: 'a path' }),
  keyFile: z
    .string()
    .min(1)
    .optional()
    .describe('A file with the key of `tls.certFile` (PEM, without a password).')
    .register(fieldNotes, { allowed: 'a path' }),
});

const drain = z.strictObject({
  connectionsPerSecond: z
    .number()
    .min(0)
    .max(MAX_CLOSES_PER_SECOND)
    .default(5_000)
    .describe(
      'How many connections a second a stopping server closes, so that their clients come back spread out; 0 is all at once. It closes more when half of `drainSeconds` would not do. Each worker counts by itself.',
    )
    .register(fieldNotes, { unit: 'connections' }),
});

const membership = z.strictObject({
  durability: z
    .enum(['relaxed', 'strict'])
    .default('relaxed')
    .describe(
      'When a join is answered: `relaxed` at once, `strict` when the store has written it. A crash costs the `relaxed` joins of the last half second or so under load, and of longer on a slow disk.',
    ),
  flushMs: z
    .int()
    .min(0)
    .max(60_000)
    .default(50)
    .describe(
      'How long changes of a room are collected before they are written together. The write itself takes time besides.',
    )
    .register(fieldNotes, { unit: 'milliseconds' }),
  ttlSeconds: z
    .int()
    .min(0)
    .max(MAX_AWAY_DAYS * DAY_SECONDS)
    .default(DAY_SECONDS)
    .describe('How long a user who was a member before a restart stays a member, marked as away.')
    .register(fieldNotes, { unit: 'seconds' }),
  reconnectSeconds: z
    .int()
    .min(0)
    .max(DAY_SECONDS)
    .default(30)
    .describe(
      'How long a user whose connection broke stays a member, marked as away; who comes back in that time is joined to its rooms again. 0: not at all.',
    )
    .register(fieldNotes, { unit: 'seconds' }),
});

/** The settings of a server. It judges each field by itself; `parseSettings` also judges them together. */
export const settingsSchema = z
  .strictObject({
    host: z
      .string()
      .regex(/^\S+$/)
      .default('127.0.0.1')
      .describe('The address to listen on. Beyond loopback, set `http.apiKey` too.')
      .register(fieldNotes, { flag: '--host <address>', allowed: 'an address or name of this machine' }),
    port: z
      .int()
      .min(0)
      .max(65_535)
      .default(8000)
      .describe('The port to listen on; 0 takes a free one.')
      .register(fieldNotes, { flag: '--port <number>' }),
    dataDir: z
      .string()
      .min(1)
      .default('./data')
      .describe('The directory of the store, relative to the working directory.')
      .register(fieldNotes, { flag: '--data-dir <dir>', allowed: 'a path' }),
    store: z
      .enum(['lowdb', 'memory'])
      .default('lowdb')
      .describe('Where memberships are kept: in files, or in memory until the server stops.'),
    allowedOrigins: z
      .array(z.string().refine(isOriginRule).register(fieldNotes, { allowed: ORIGIN_WORDS }))
      .default([])
      .describe(
        "The origins whose pages may connect, besides the server's own; `null` is a page opened from disk, `*` any page.",
      ),
    trustedProxies: z
      .array(z.string().refine(isAddressRule).register(fieldNotes, { allowed: ADDRESS_WORDS }))
      .default([])
      .describe(
        'The proxies whose `X-Forwarded-For` is believed: addresses, networks such as 10.0.0.0/8, `loopback`, and `private` for the networks that are not on the internet. The address of a client is then the last one in it that is not of such a proxy.',
      ),
    tls: tls.prefault({}),
    drainSeconds: z
      .int()
      .min(0)
      .max(HOUR_SECONDS)
      .default(30)
      .describe('How long a stopping server waits for unfinished work.')
      .register(fieldNotes, { unit: 'seconds' }),
    transport: z
      .enum(['auto', 'uws', 'ws'])
      .default('auto')
      .describe(
        'What carries WebSockets and HTTP: `uws` is uWebSockets.js, which is faster, and `ws` runs on every Node.js. `auto` takes uWebSockets.js on loopback where it loads, and else `ws`.',
      )
      .register(fieldNotes, { flag: '--transport <name>' }),
    workers: z
      .union([z.int().min(1).max(MAX_WORKERS), z.literal('auto')])
      .default(1)
      .describe(
        'How many processes serve. With more than 1, a primary process starts them, and they share the port and the rooms; `auto` is one for each core.',
      )
      .register(fieldNotes, {
        flag: '--workers <number>',
        allowed: `a whole number from 1 to ${MAX_WORKERS}, or auto`,
      }),
    pages: z.boolean().default(true).describe('Serve the pages: the chat rooms and the inspector.'),
    log: log.prefault({}),
    http: http.prefault({}),
    line: line.prefault({}),
    auth: authSchema.prefault({}),
    limits: limitsSchema.prefault({}),
    drain: drain.prefault({}),
    membership: membership.prefault({}),
    inspector: inspectorSchema.prefault({}),
    metrics: metricsSchema.prefault({}),
    tars: tarsSchema.prefault({}),
    monitor: monitorSchema.prefault({}),
    redis: redisSchema.prefault({}),
    demo: z
      .boolean()
      .default(false)
      .describe(
        'Also run the example TARS servant, and let every room call it. Rooms keep their last 100 messages for five minutes and tell who joins and leaves, unless `*` in `rooms` says otherwise.',
      )
      .register(fieldNotes, { flag: '--demo' }),
    lingerSeconds: z
      .number()
      .min(0)
      .max(DAY_SECONDS)
      .default(10)
      .describe('How long an empty room stays in memory.')
      .register(fieldNotes, { unit: 'seconds' }),
    broadcast: z
      .enum(['anyone', 'users', 'nobody'])
      .optional()
      .describe(
        'Which clients may send a message to everybody; `users` are those with a proven name. Without it: `anyone` on loopback, and `nobody` beyond.',
      ),
    rooms: roomsSchema,
    hooks: hooksSchema.prefault({}),
    webhooks: webhooksSchema,
  })
  .register(fieldNotes, { allowed: 'an object of settings' });
