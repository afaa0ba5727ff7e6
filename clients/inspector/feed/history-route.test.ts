import { describe, expect, test } from 'vitest';
import { fetchHistory, nameFile, readReason } from './history-route.ts';

const ROOM = { kind: 'room', id: 'a/b?c=d' } as const;

/** Answers in the server's place, and keeps what it was asked. */
function createServer(answer: () => Response) {
  const asked: { url: string; headers: Headers }[] = [];
  const ask = ((url: string, init: RequestInit) => {
    asked.push({ url, headers: new Headers(init.headers) });
    return Promise.resolve(answer());
  }) as typeof fetch;
  return { ask, asked };
}

describe('the history as a file', () => {
  test('is asked for with the actor in the URL and the token in a header', async () => {
    const { ask, asked } = createServer(() => new Response('{"entries":[]}'));
    const file = await fetchHistory(ROOM, 'json', 'secret', ask);
    expect(asked[0]!.url).toBe('/inspector/history?kind=room&id=a%2Fb%3Fc%3Dd&format=json');
    expect(asked[0]!.headers.get('authorization')).toBe('Bearer secret');
    expect(file).toMatchObject({ type: 'file', name: 'history-room-a_b_c_d.json' });
    expect(file.type === 'file' && (await file.content.text())).toBe('{"entries":[]}');
  });

  test('needs no token where there is none', async () => {
    const { ask, asked } = createServer(() => new Response('sequenceDiagram'));
    await fetchHistory(ROOM, 'mermaid', undefined, ask);
    expect(asked[0]!.headers.has('authorization')).toBe(false);
  });

  test.each([
    [
      new Response('{"error":{"code":404,"message":"nothing is known of it"}}', { status: 404 }),
      'nothing is known of it',
    ],
    [new Response('oops', { status: 500 }), 'the server answered with 500'],
  ])('may be refused', async (response, error) => {
    const { ask } = createServer(() => response);
    expect(await fetchHistory(ROOM, 'json', undefined, ask)).toEqual({ type: 'refused', error });
  });

  test('is refused when the server is not there', async () => {
    const ask = () => Promise.reject(new TypeError('failed to fetch'));
    expect(await fetchHistory(ROOM, 'json', undefined, ask)).toMatchObject({ type: 'refused' });
  });

  test('has a name that every file system accepts', () => {
    expect(nameFile('membership', 'c1@a b/c\\"', 'mermaid')).toBe('history-membership-c1@a_b_c__.mmd');
  });
});

describe('the reason why the feed is closed', () => {
  const answering = (response: Response) => () => Promise.resolve(response);

  test('is the message of the server when nobody may watch', async () => {
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
