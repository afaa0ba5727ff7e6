/** The settings `tars`, a part of the schema: which TARS servants rooms may call, and what other TARS services may call. */

import * as z from 'zod';
import { fieldNotes } from './field-notes.ts';

const SERVANT_NAME = /^[A-Za-z][A-Za-z0-9_-]*$/;
const ENDPOINT = /^tcp\s+-/;
/** `name.area.group`, of which only the group may be `*`. */
const SET = /^[\w-]+\.[\w-]+\.([\w-]+|\*)$/;
const FUNCTION_NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;
const FUNCTION = /^[A-Za-z][A-Za-z0-9_-]*\.([A-Za-z_][A-Za-z0-9_]*|\*)$/;

/** A function as rooms allow it: `hello.sayHello`, or `hello.*` for all of a servant. */
export const rpcListSchema = z
  .array(
    z.string().regex(FUNCTION).register(fieldNotes, {
      allowed: 'a function such as hello.sayHello, or hello.* for all of a servant',
    }),
  )
  .optional();

const servant = z.strictObject({
  object: z.string().min(1).register(fieldNotes, {
    allowed: 'an object such as App.Server.HelloObj@tcp -h 127.0.0.1 -p 14002, or its name alone',
  }),
  file: z.string().min(1).optional().register(fieldNotes, { allowed: 'the path of a .tars file' }),
  interface: z
    .string()
    .min(1)
    .optional()
    .register(fieldNotes, { allowed: 'an interface of the file, such as Demo.Hello' }),
  /** How clients get a `long` beyond ±(2^53 − 1). */
  long: z.enum(['string', 'number']).default('string'),
  idempotent: z
    .array(
      z
        .string()
        .regex(FUNCTION_NAME)
        .register(fieldNotes, { allowed: 'a function of the interface, such as sayHello' }),
    )
    .optional(),
});

export const tarsSchema = z.strictObject({
  servants: z
    .record(
      z.string().regex(SERVANT_NAME).register(fieldNotes, { allowed: 'a name of letters and digits' }),
      servant
        .refine(({ file, interface: named }) => (file === undefined) === (named === undefined))
        .register(fieldNotes, {
          allowed: 'an object with object, and with both file and interface or with neither',
        }),
    )
    .default({})
    .describe(
      'The TARS servants (services of other servers) that rooms may call, by the names that clients use. `idempotent` lists functions that do no harm when they run twice: a failed or late call is tried once more, at another endpoint. Without `file` and `interface` it has the interfaces that servants for `hooks` and `webhooks` have (`tars/hooks.tars`, `tars/events.tars`).',
    )
    .register(fieldNotes, {
      allowed:
        'an object from a name to an object with object and, if wanted, file, interface, long (string or number) and idempotent',
    }),
  locator: z
    .string()
    .min(1)
    .optional()
    .describe('The TARS registry, which knows the endpoints of servants that are given by name alone.')
    .register(fieldNotes, {
      allowed: 'an object such as tars.tarsregistry.QueryObj@tcp -h 127.0.0.1 -p 17890',
    }),
  set: z
    .string()
    .regex(SET)
    .optional()
    .describe(
      "The set of this server: the registry is asked for endpoints in it. Without one, for those of all sets. A name or an area of `*` and more than three parts are refused; in a platform's `setdivision` they count as no set.",
    )
    .register(fieldNotes, { allowed: 'a set such as room.sz.1 or room.sz.*' }),
  configFiles: z
    .array(
      z
        .string()
        .regex(/^\w[\w.-]*$/)
        .register(fieldNotes, { allowed: 'the name of a file' }),
    )
    .default([])
    .describe(
      'Configuration files of this server on its TARS platform, downloaded at the start into `tars.configDir`.',
    ),
  configDir: z
    .string()
    .min(1)
    .default('conf')
    .describe('The directory of `tars.configFiles`, relative to the `basepath` of the TARS platform.')
    .register(fieldNotes, { allowed: 'a path' }),
  callSeconds: z
    .number()
    .min(0.01)
    .max(3600)
    .default(3)
    .describe('The deadline of a call of a servant.')
    .register(fieldNotes, { unit: 'seconds' }),
  maxInFlight: z
    .int()
    .min(1)
    .max(1_000_000)
    .default(1_000)
    .describe('How many calls of one servant may be in flight.')
    .register(fieldNotes, { unit: 'calls' }),
  maxWaiting: z
    .int()
    .min(0)
    .max(1_000_000)
    .default(1_000)
    .describe('How many more calls may wait; further ones are refused at once.')
    .register(fieldNotes, { unit: 'calls' }),
  listen: z
    .string()
    .regex(ENDPOINT)
    .optional()
    .describe('The endpoint where other TARS services can push into rooms; none by default.')
    .register(fieldNotes, { allowed: 'an endpoint such as tcp -h 127.0.0.1 -p 14100' }),
  secret: z
    .string()
    .min(16)
    .optional()
    .describe('The secret that their calls must carry as `secret` in the context; required beyond loopback.')
    .register(fieldNotes, { secret: true, allowed: 'a text of at least 16 characters' }),
});
