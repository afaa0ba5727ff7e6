import { expect, test } from 'vitest';
import { RedisDownError } from './redis.ts';
import { Subscriptions } from './subscriptions.ts';

/** A server that answers when the test says so. */
function createServer() {
  const calls: { words: string; answer(): void; refuse(error: Error): void }[] = [];
  const call = (words: string) =>
    new Promise<void>((answer, refuse) => {
      calls.push({ words, answer, refuse });
    });
  return {
    calls,
    subscribe: (channels: readonly string[]) => call(`+${channels.join()}`),
    unsubscribe: (channels: readonly string[]) => call(`-${channels.join()}`),
    async answer() {
      await settle();
      const asked = calls.splice(0);
      for (const { answer } of asked) answer();
      await settle();
      return asked.map(({ words }) => words);
    },
  };
}

async function settle(): Promise<void> {
  for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
}

const nobody = (): void => {};

test('channels of one turn are one call, and what comes while it is under way is the next', async () => {
  const server = createServer();
  const subscriptions = new Subscriptions();
  await subscriptions.attach(server);
  const first = Promise.all([subscriptions.want('a', nobody), subscriptions.want('b', nobody)]);
  await settle();
  const second = [
    subscriptions.unwant('a'),
    subscriptions.want('c', nobody),
    subscriptions.want('b', nobody),
  ];
  expect(await server.answer()).toEqual(['+a,b']);
  await first;
  expect(await server.answer()).toEqual(['+c', '-a']);
  await Promise.all(second);
});

test('a channel that is left and wanted again at once stays', async () => {
  const server = createServer();
  const subscriptions = new Subscriptions();
  await subscriptions.attach(server);
  const heard: string[] = [];
  const wanted = [subscriptions.want('a', nobody)];
  await server.answer();
  wanted.push(subscriptions.unwant('a'));
  await settle();
  wanted.push(subscriptions.want('a', (message) => heard.push(message)));
  expect(await server.answer()).toEqual(['-a']);
  expect(await server.answer()).toEqual(['+a']);
  await Promise.all(wanted);
  subscriptions.hear('hi', 'a');
  expect(heard).toEqual(['hi']);
});

test('a new connection has what was wanted, in calls of at most 512', async () => {
  const server = createServer();
  const subscriptions = new Subscriptions();
  await subscriptions.attach(server);
  const wanted = Promise.all(
    Array.from({ length: 1_025 }, (_, index) => subscriptions.want(`c${index}`, nobody)),
  );
  expect((await server.answer()).map((words) => words.split(',').length)).toEqual([512, 512, 1]);
  await wanted;
  subscriptions.detach(new RedisDownError('gone'));
  const next = createServer();
  const attached = subscriptions.attach(next);
  await subscriptions.unwant('c7');
  expect((await next.answer()).map((words) => words.split(',').length)).toEqual([512, 512, 1]);
  await attached;
  expect(await next.answer()).toEqual(['-c7']);
});

test('without a connection nothing is subscribed, and who waits when it ends is refused', async () => {
  const server = createServer();
  const subscriptions = new Subscriptions();
  await expect(subscriptions.want('a', nobody)).rejects.toThrow(RedisDownError);
  await subscriptions.attach(server);
  const wanted = subscriptions.want('b', nobody);
  const left = subscriptions.unwant('c');
  await settle();
  subscriptions.detach(new RedisDownError('gone'));
  server.calls.splice(0)[0]!.refuse(new RedisDownError('gone'));
  await expect(wanted).rejects.toThrow('gone');
  await left;
  const next = createServer();
  await subscriptions.attach(next);
  expect(next.calls).toEqual([]);
});

test('a channel that Redis refuses is refused to whoever wanted it', async () => {
  const server = createServer();
  const subscriptions = new Subscriptions();
  await subscriptions.attach(server);
  const wanted = subscriptions.want('a', nobody);
  await settle();
  server.calls.splice(0)[0]!.refuse(new Error('NOPERM'));
  await expect(wanted).rejects.toThrow('NOPERM');
  subscriptions.hear('hi', 'a');
});
