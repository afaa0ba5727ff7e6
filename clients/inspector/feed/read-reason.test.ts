import { describe, expect, test } from 'vitest';
import { readReason } from './read-reason.ts';

describe('the reason for a door that does not open', () => {
  const answering = (response: Response) => () => Promise.resolve(response);

  test('is what the server says when it lets nobody in', async () => {
    const ask = answering(
      new Response('{"error":{"code":403,"message":"set inspector.token"}}', { status: 403 }),
    );
    expect(await readReason(ask)).toBe('set inspector.token');
  });

  test.each([200, 401, 404, 500])('is none at a %d', async (status) => {
    expect(
      await readReason(answering(new Response('{"error":{"message":"x"}}', { status }))),
    ).toBeUndefined();
  });

  test('is none when the server is not there', async () => {
    expect(await readReason(() => Promise.reject(new TypeError('failed to fetch')))).toBeUndefined();
  });
});
