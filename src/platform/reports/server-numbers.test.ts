import { expect, onTestFinished, test } from 'vitest';
import { createServer } from '../../server/create-server.ts';
import { watchNumbers } from './server-numbers.ts';

test('numbers are those of the server, and messages are counted since the last reading', async () => {
  const server = createServer({ port: 0, rooms: { lobby: { messagesPerSecond: 9 } } });
  onTestFinished(() => server.close());
  await server.listen();
  const numbers = watchNumbers(server);
  onTestFinished(() => numbers.stop());
  await server.publish('lobby', 'one');
  await server.publish('lobby', 'two');
  await server.broadcast('three');
  expect(numbers.read()).toMatchObject({ connections: 0, rooms: 1, messages: 3 });
  const next = numbers.read();
  expect(next.messages).toBe(0);
  expect(next.memoryBytes).toBeGreaterThan(1_000_000);
  expect(next.delayMs.mean).toBeGreaterThanOrEqual(0);
  expect(next.delayMs.max).toBeGreaterThanOrEqual(next.delayMs.mean);
});

test('after the end no messages are counted', async () => {
  const server = createServer({ port: 0 });
  onTestFinished(() => server.close());
  await server.listen();
  const numbers = watchNumbers(server);
  numbers.stop();
  await server.publish('lobby', 'one');
  expect(numbers.read().messages).toBe(0);
});
