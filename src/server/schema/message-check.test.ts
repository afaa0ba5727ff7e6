import * as z from 'zod';
import { expect, test } from 'vitest';
import { createMessageCheck } from './message-check.ts';
import type { SchemaIssue, StandardSchema } from './standard-schema.ts';

/** A schema of no library: it has these issues, or makes this value. */
function schemaOf(result: { value: unknown } | { issues: SchemaIssue[] }): StandardSchema {
  return { '~standard': { version: 1, vendor: 'test', validate: () => result } };
}

test('what fits goes on as the schema makes it', async () => {
  const check = createMessageCheck(z.object({ n: z.string().transform(Number) }));
  expect(await check({ n: '12', more: true })).toEqual({ data: { n: 12 } });
});

test('a schema may be asynchronous', async () => {
  const check = createMessageCheck(z.string().refine(async (text) => text !== 'spam', 'no spam'));
  expect(await check('ham')).toEqual({ data: 'ham' });
  expect(await check('spam')).toMatchObject({
    refusal: { error: 'badRequest', message: 'message: no spam' },
  });
});

test.each<[string, SchemaIssue[]]>([
  ['message: no', [{ message: 'no' }]],
  ['message.text: expected a string', [{ message: 'expected a string', path: ['text'] }]],
  ['message.list[2]["a b"]: no', [{ message: 'no', path: ['list', { key: 2 }, 'a b'] }]],
  [
    'message.a: no; message.b: no',
    [
      { message: 'no', path: ['a'] },
      { message: 'no', path: ['b'] },
    ],
  ],
  ['message: not allowed', []],
])('an issue is told with its path: %s', async (message, issues) => {
  expect(await createMessageCheck(schemaOf({ issues }))(null)).toEqual({
    refusal: { error: 'badRequest', message },
  });
});

test('what is told of issues is bounded', async () => {
  const issues = Array.from({ length: 5 }, (_, index) => ({ message: 'x'.repeat(200), path: [index] }));
  const checked = await createMessageCheck(schemaOf({ issues }))(null);
  expect('refusal' in checked && checked.refusal.message.length).toBe(501);
});
