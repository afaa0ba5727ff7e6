import { describe, expect, test } from 'vitest';
import { createClientAddress } from './client-address.ts';
import type { RequestHead } from './common/transport.ts';

/** A request of a peer with these lines of `X-Forwarded-For`. */
function request(remoteAddress: string, ...lines: string[]): RequestHead {
  return {
    method: 'GET',
    path: '/',
    query: '',
    remoteAddress,
    header: () => lines[0],
    headers: () => ({}),
    headerLines: () => lines,
  };
}

const TRUSTED = ['loopback', '10.0.0.0/8'];

describe('the address of a client', () => {
  test.each([
    ['is that of the peer, if no proxy is trusted', [], request('127.0.0.1', '192.0.2.1'), '127.0.0.1'],
    [
      'is that of the peer, if the peer is not trusted',
      TRUSTED,
      request('192.0.2.9', '192.0.2.1'),
      '192.0.2.9',
    ],
    ['is what a trusted proxy has told', TRUSTED, request('127.0.0.1', '192.0.2.1'), '192.0.2.1'],
    [
      'is not what the client itself says',
      TRUSTED,
      request('127.0.0.1', '198.51.100.1, 192.0.2.1'),
      '192.0.2.1',
    ],
    [
      'is told behind several proxies',
      TRUSTED,
      request('127.0.0.1', '192.0.2.1, 10.0.0.7,10.0.0.8'),
      '192.0.2.1',
    ],
    [
      'is in the last of several lines',
      TRUSTED,
      request('127.0.0.1', '198.51.100.1', '192.0.2.1'),
      '192.0.2.1',
    ],
    [
      'is the first of all, if all are trusted',
      TRUSTED,
      request('127.0.0.1', '10.0.0.1, 10.0.0.2'),
      '10.0.0.1',
    ],
    ['is that of the proxy, without the header', TRUSTED, request('127.0.0.1'), '127.0.0.1'],
    [
      'is that of the proxy that told nonsense',
      TRUSTED,
      request('127.0.0.1', 'unknown, 10.0.0.2'),
      '10.0.0.2',
    ],
    ['is read without a port', TRUSTED, request('127.0.0.1', '192.0.2.1:4711'), '192.0.2.1'],
    ['is read as IPv6 too', TRUSTED, request('::1', '[2001:db8::1]:4711'), '2001:db8::1'],
    ['is read from IPv6 form', TRUSTED, request('::1', '::ffff:192.0.2.1'), '192.0.2.1'],
  ] as const)('%s', (_, trusted, head, address) => {
    expect(createClientAddress(trusted)(head)).toBe(address);
  });
});
