import { expect, test } from 'vitest';
import { readPlan, type BenchFlags } from './plan.ts';

const FLAGS: BenchFlags = {
  protocol: 'line',
  connections: '50',
  rooms: '5',
  rate: '100',
  seconds: '10',
  size: '64',
  roomPrefix: 'bench-',
};

test('an address without a path gets that of the protocol, and a token goes where the protocol has it', () => {
  const token = 'a.b.c';
  expect(readPlan('ws://localhost:8000', { ...FLAGS, token }).url).toBe('ws://localhost:8000/?token=a.b.c');
  expect(readPlan('http://127.0.0.1:8000/', { ...FLAGS, protocol: 'centrifuge', token })).toMatchObject({
    url: 'ws://127.0.0.1:8000/connection/websocket',
    token,
  });
  expect(readPlan('ws://[::1]:8000/live?a=b', FLAGS).url).toBe('ws://[::1]:8000/live?a=b');
});

test('another machine is refused, unless it is said that it is ones own', () => {
  const address = 'wss://rooms.example';
  expect(() => readPlan(address, FLAGS)).toThrow(/rooms\.example is not this machine.*--i-own-this-server/);
  expect(readPlan(address, { ...FLAGS, iOwnThisServer: true }).url).toBe('wss://rooms.example/');
});

test.each<[Partial<BenchFlags>, RegExp]>([
  [{ connections: '10001' }, /--connections needs a whole number from 1 to 10000/],
  [{ connections: '1e3' }, /--connections/],
  [{ connections: '3', rooms: '4' }, /--rooms needs a whole number from 1 to 3/],
  [{ seconds: '301' }, /--seconds needs a whole number from 1 to 300/],
  [{ seconds: '-1' }, /--seconds/],
  [{ size: '39' }, /--size needs a whole number from 40 to 65536/],
  [{ rate: '0' }, /--rate/],
  [{ connections: '10000', rooms: '1', rate: '101' }, /1010000 deliveries a second/],
])('%j is refused, with what is allowed', (flags, words) => {
  expect(() => readPlan('ws://127.0.0.1', { ...FLAGS, ...flags })).toThrow(words);
});

test.each(['127.0.0.1:8000', 'ftp://127.0.0.1', ''])('the address %j is refused', (address) => {
  expect(() => readPlan(address, FLAGS)).toThrow(/the address is a URL such as/);
});
