/** The settings of TARS: which servants rooms may call, and what is served to other TARS services. It calls nothing. */

import * as z from 'zod';
import { fieldNotes } from './field-notes.ts';

const SERVANT_NAME = /^[A-Za-z][A-Za-z0-9_-]*$/;
const ENDPOINT = /^tcp\s+-/;
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
  file: z.string().min(1).register(fieldNotes, { allowed: 'the path of a .tars file' }),
  interface: z
    .string()
    .min(1)
    .register(fieldNotes, { allowed: 'an interface of the file, such as Demo.Hello' }),
});

export const tarsSchema = z.strictObject({
  servants: z
    .record(
      z.string().regex(SERVANT_NAME).register(fieldNotes, { allowed: 'a name of letters and digits' }),
      servant,
    )
    .default({})
    .describe('The servants that rooms may call, by the names that clients use.')
    .register(fieldNotes, { allowed: 'an object from a name to an object with object, file and interface' }),
  locator: z
    .string()
    .min(1)
    .optional()
    .describe('The registry, which knows the endpoints of servants that are given by name alone.')
    .register(fieldNotes, {
      allowed: 'an object such as tars.tarsregistry.QueryObj@tcp -h 127.0.0.1 -p 17890',
    }),
  configFiles: z
    .array(
      z
        .string()
        .regex(/^\w[\w.-]*$/)
        .register(fieldNotes, { allowed: 'the name of a file' }),
    )
    .default([])
    .describe(
      'The files that a TARS platform keeps for this server, pulled into `conf` below its `basepath` at the start.',
    ),
  callSeconds: z
    .number()
    .min(0.01)
    .max(3600)
    .default(3)
    .describe('The deadline of a call.')
    .register(fieldNotes, { unit: 'seconds' }),
  maxInFlight: z
    .int()
    .min(1)
    .max(1_000_000)
    .default(1_000)
    .describe('How many calls of one servant may be on their way.')
    .register(fieldNotes, { unit: 'calls' }),
  maxWaiting: z
    .int()
    .min(0)
    .max(1_000_000)
    .default(1_000)
    .describe('How many more may wait; others are refused at once.')
    .register(fieldNotes, { unit: 'calls' }),
  listen: z
    .string()
    .regex(ENDPOINT)
    .optional()
    .describe('Where other TARS services reach this server, to push into rooms; nowhere unless set.')
    .register(fieldNotes, { allowed: 'an endpoint such as tcp -h 127.0.0.1 -p 14100' }),
  secret: z
    .string()
    .min(16)
    .optional()
    .describe('What the context of their calls must carry as `secret`; needed beyond loopback.')
    .register(fieldNotes, { secret: true, allowed: 'a text of at least 16 characters' }),
});
