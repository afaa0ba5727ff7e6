/** What the compiler knows of rooms: it checks this file, and the values are checked too. */

import * as z from 'zod';
import { describe, expect, expectTypeOf, test } from 'vitest';
import type { Json } from '../../protocol/command.ts';
import { refuse } from '../../actors/room/room-options.ts';
import { createServer, defineRoom } from '../create-server.ts';
import type { MessageOf, MessageTo } from './room-types.ts';
import type { RoomDefinition, StatecastServer } from '../server-options.ts';
import type { JoinContext } from '../../actors/room/room-options.ts';

const chat = z.object({ text: z.string(), size: z.string().transform(Number) });
type Chat = { text: string; size: number };

const server = createServer({
  authenticate: ({ token }) => (token === 'wrong' ? refuse('no') : { user: 'ann', data: { admin: true } }),
  rooms: {
    'chat:*': {
      message: chat,
      onJoin: ({ member }) => void expectTypeOf(member.data).toEqualTypeOf<{ admin: boolean } | undefined>(),
      onMessage({ data, member }) {
        expectTypeOf(data).toEqualTypeOf<Chat>();
        expectTypeOf(member.data).toEqualTypeOf<{ admin: boolean } | undefined>();
      },
      onLeave: ({ member }) => void expectTypeOf(member.data).toEqualTypeOf<{ admin: boolean } | undefined>(),
    },
    'chat:short:*': {
      message: z.string(),
      onMessage: ({ data }) => void expectTypeOf(data).toEqualTypeOf<string>(),
    },
    'free*': { onMessage: ({ data }) => void expectTypeOf(data).toEqualTypeOf<Json>() },
    anything: { message: z.any(), onMessage: ({ data }) => void expectTypeOf(data).toEqualTypeOf<Json>() },
    counter: defineRoom({
      message: z.number(),
      onMessage({ data, member }) {
        expectTypeOf(data).toEqualTypeOf<number>();
        expectTypeOf(member.data).toEqualTypeOf<unknown>();
      },
    }),
  },
  onSend: ({ member }) => void expectTypeOf(member.data).toEqualTypeOf<{ admin: boolean } | undefined>(),
});

describe('a message', () => {
  test('is typed by the longest pattern that matches the name of the room', () => {
    interface Rooms {
      'chat:*': typeof chat;
      'chat:short:*': z.ZodString;
      'chat:short:one': z.ZodNumber;
    }
    expectTypeOf<MessageTo<Rooms, 'chat:1'>>().toEqualTypeOf<{ text: string; size: string }>();
    expectTypeOf<MessageOf<Rooms, 'chat:1'>>().toEqualTypeOf<Chat>();
    expectTypeOf<MessageTo<Rooms, 'chat:short:2'>>().toEqualTypeOf<string>();
    expectTypeOf<MessageTo<Rooms, 'chat:short:one'>>().toEqualTypeOf<number>();
    expectTypeOf<MessageTo<Rooms, `chat:short:${number}`>>().toEqualTypeOf<string>();
    expectTypeOf<MessageTo<Rooms, 'another'>>().toEqualTypeOf<Json>();
    expectTypeOf<MessageTo<Rooms, string>>().toEqualTypeOf<Json>();
    expectTypeOf<MessageTo<{}, 'chat:1'>>().toEqualTypeOf<Json>();
  });

  test('that does not fit is an error of the compiler, and is refused', async () => {
    // @ts-expect-error: the text is missing.
    await expect(server.publish('chat:1', { size: '1' })).rejects.toMatchObject({
      code: 'badRequest',
      message: 'message.text: Invalid input: expected string, received undefined',
    });
    // @ts-expect-error: a text is expected.
    await expect(server.publish('chat:short:1', { text: 'x', size: '1' })).rejects.toThrow(/^message: /);
    // @ts-expect-error: a number is expected.
    await expect(server.publish('counter', 'one')).rejects.toThrow(/^message: /);
  });

  test('that fits is published as the schema makes it', async () => {
    const typed = createServer({ rooms: { 'chat:*': { message: chat, history: { size: 1 } } } });
    await typed.publish('chat:1', { text: 'hi', size: '3' });
    expect((await typed.history('chat:1')).publications).toMatchObject([{ data: { text: 'hi', size: 3 } }]);
  });
});

describe('the types', () => {
  test('let a typed server be used as any server', () => {
    expectTypeOf(server).toExtend<StatecastServer>();
  });

  test('know member.data as unknown where authenticate stands after the handlers', () => {
    createServer({
      rooms: { '*': { onJoin: ({ member }) => void expectTypeOf(member.data).toEqualTypeOf<unknown>() } },
      authenticate: ({ token }) => ({ data: { token } }),
    });
  });

  test('let a definition that stands alone name the data of its members', () => {
    interface Session {
      readonly admin: boolean;
    }
    const room = defineRoom({
      message: z.string(),
      onJoin({ member }: JoinContext<Session>) {
        expectTypeOf(member.data).toEqualTypeOf<Session | undefined>();
      },
      onMessage: ({ data }) => void expectTypeOf(data).toEqualTypeOf<string>(),
    });
    createServer({ authenticate: () => ({ data: { admin: false } }), rooms: { 'a*': room } });
  });

  test('find misspelt names, and what is no schema', () => {
    // @ts-expect-error: there is no such option.
    expect(() => createServer({ rooms: { a: { capcity: 1 } } })).toThrow('capcity');
    // @ts-expect-error: that is no schema.
    expect(() => createServer({ rooms: { a: { message: 5 } } })).toThrow('a schema of zod');
    // @ts-expect-error: JSON is expected.
    expect(() => createServer({ rooms: { a: { message: { validate: () => true } } } })).toThrow('a schema');
  });

  test('take tables of definitions that are made elsewhere', () => {
    const rooms: Record<string, RoomDefinition> = { 'a*': { onMessage: ({ data }) => void data } };
    const made = createServer({ rooms });
    expectTypeOf(made.publish).parameter(1).toEqualTypeOf<Json>();
  });
});
