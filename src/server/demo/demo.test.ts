import { expect, test } from 'vitest';
import { allowDemo } from './demo.ts';

const rpc = ['hello.*'];

test('all rooms of the demonstration keep messages, tell who comes and goes, and may call the servant', () => {
  expect(allowDemo({})).toEqual({
    '*': { history: { size: 100, ttlSeconds: 300 }, joinLeave: true, rpc },
  });
});

test('what is said of all rooms wins, and other patterns only get the call', () => {
  const rooms = {
    '*': { history: { size: 2 }, capacity: 5, rpc: ['tools.*'] },
    'game:*': { capacity: 9, rpc: [] },
  };
  expect(allowDemo(rooms)).toEqual({
    '*': { history: { size: 2 }, joinLeave: true, capacity: 5, rpc: ['tools.*', ...rpc] },
    'game:*': { capacity: 9, rpc },
  });
});
