/** Answers of the HTTP server API that are long: they are complete, and bounded. */

import { describe, expect, test } from 'vitest';
import { createMemoryPresence } from '../src/index.ts';
import { ask, post, read } from './support/api-request.ts';
import { startServer } from './support/start-server.ts';

const MIB = 1024 * 1024;

/** A room that keeps much. Returns what was published. */
async function startWithHistory(count: number) {
  const running = await startServer({
    rooms: { '*': { history: { size: count, ttlSeconds: 300 } } },
    limits: { historyBytes: 64 * MIB },
  });
  const messages = Array.from({ length: count }, (_, index) => ({ text: `é"${'x'.repeat(60_000)}`, index }));
  for (const data of messages) await running.server.publish('room1', data);
  return { ...running, messages };
}

describe('a long answer', () => {
  test('of history is complete', async () => {
    const running = await startWithHistory(100);
    const answer = await running.request('/api/history', post({ channel: 'room1', limit: -1 }));
    expect(answer.headers['content-type']).toBe('application/json; charset=utf-8');
    const { result } = read(answer) as { result: { publications: { data: unknown }[]; offset: number } };
    expect(result.publications.map(({ data }) => data)).toEqual(running.messages);
    expect(result.offset).toBe(100);
  });

  test('of presence is complete', async () => {
    const presence = createMemoryPresence();
    const running = await startServer({ presence });
    for (let index = 0; index < 10_000; index += 1) {
      await presence.add('crowd', { id: `c${index}`, user: `u${index}`, joinedAt: 1 });
    }
    const answer = (await ask(running, 'presence', { channel: 'crowd' })) as { result: { presence: object } };
    expect(Object.keys(answer.result.presence)).toHaveLength(10_000);
  });

  test.each([false, true])(
    'of a batch is bounded: what is too long is refused (parallel: %s)',
    async (parallel) => {
      const running = await startWithHistory(200);
      const history = { history: { channel: 'room1', limit: -1 } };
      const commands = [history, history, history, history, { publish: { channel: 'room2', data: 1 } }];
      const { replies } = (await ask(running, 'batch', { commands, parallel })) as {
        replies: { history?: { publications: unknown[] }; error?: { code: number }; publish?: object }[];
      };
      const done = replies.filter((reply) => reply.history !== undefined);
      expect(done.every((reply) => reply.history?.publications.length === 200)).toBe(true);
      expect(done.length).toBeLessThan(3);
      expect(replies.filter((reply) => reply.error?.code === 106)).toHaveLength(4 - done.length);
      expect(replies.at(-1)).toMatchObject({ publish: { offset: 1 } });
    },
  );
});
