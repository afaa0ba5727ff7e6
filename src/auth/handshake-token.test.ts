import { expect, test } from 'vitest';
import { readToken } from './handshake-token.ts';

test.each([
  ['?token=', 'a=1&token=T', {}],
  ['Authorization', '', { authorization: 'Bearer T' }],
  ['a sub-protocol', '', { 'sec-websocket-protocol': 'statecast, token.T' }],
  ['a cookie', '', { cookie: 'theme=dark; statecast_token=T' }],
  ['the query before a cookie', 'token=T', { cookie: 'statecast_token=other' }],
])('a token is found in %s', (_, query, headers) => {
  expect(readToken({ query, headers })).toBe('T');
});

test.each([
  ['nothing', '', {}],
  ['an empty parameter', 'token=', {}],
  ['another scheme', '', { authorization: 'Basic T' }],
  ['another cookie', '', { cookie: 'my_statecast_token=T' }],
])('there is none in %s', (_, query, headers) => {
  expect(readToken({ query, headers })).toBeUndefined();
});
