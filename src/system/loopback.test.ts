import { expect, test } from 'vitest';
import { isLoopbackHost } from './loopback.ts';

test.each([
  '127.0.0.1',
  '127.9.8.7',
  '::1',
  '[::1]',
  '0:0:0:0:0:0:0:1',
  'localhost',
  'LOCALHOST',
  'app.localhost',
])('%s is this machine only', (host) => {
  expect(isLoopbackHost(host)).toBe(true);
});

test.each([
  '0.0.0.0',
  '::',
  '10.0.0.1',
  '128.0.0.1',
  '127.0.0.1.example.com',
  '127.0.0.999',
  'localhost.example.com',
  '',
  '127.1',
])('%j may be reached from elsewhere', (host) => {
  expect(isLoopbackHost(host)).toBe(false);
});
