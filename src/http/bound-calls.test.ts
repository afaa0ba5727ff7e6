import { expect, test } from 'vitest';
import { boundCalls } from './bound-calls.ts';
import type { RouteMatch } from './router.ts';

const MATCH = { request: { path: '/api/publish', remoteAddress: '192.0.2.1' }, params: {} } as RouteMatch;

test('requests of all routes together are bounded, and taken again when others have ended', async () => {
  const refused: string[] = [];
  const waiting: (() => void)[] = [];
  const slow = () =>
    new Promise<{ status: number }>((resolve) => {
      waiting.push(() => resolve({ status: 200 }));
    });
  const routes = boundCalls(
    [
      { methods: ['POST'], path: '/a', handle: slow },
      { methods: ['POST'], path: '/b', handle: slow },
      { methods: ['GET'], path: '/c', handle: () => ({ status: 200 }) },
    ],
    { most: 2, refused: ({ path }) => void refused.push(path) },
  );
  const ask = (index: number) => routes[index]?.handle(MATCH);
  const [first, second] = [ask(0), ask(1)];
  expect(await ask(0)).toMatchObject({ status: 503, headers: { 'retry-after': '1' } });
  expect(await ask(2)).toMatchObject({ status: 503 });
  expect(refused).toEqual(['/api/publish', '/api/publish']);
  for (const end of waiting.splice(0)) end();
  expect([await first, await second]).toMatchObject([{ status: 200 }, { status: 200 }]);
  expect(await ask(2)).toMatchObject({ status: 200 });
  const third = ask(1);
  waiting[0]?.();
  expect(await third).toMatchObject({ status: 200 });
});
