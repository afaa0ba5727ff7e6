import { describe, expect, test } from 'vitest';
import { ClaimError, readConnectionClaims, readSubscriptionClaims } from './read-claims.ts';

function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}

/** As tokens bring them: `__proto__` is a name like any other. */
function parse(json: string): Record<string, unknown> {
  return JSON.parse(json) as Record<string, unknown>;
}

describe('the claims of a connection', () => {
  test('may all be left out', () => {
    expect(readConnectionClaims({})).toEqual({ user: '', rooms: {} });
  });

  test('may all be there', () => {
    const claims = {
      sub: 'ann',
      exp: 2_000,
      iat: 1_000.5,
      jti: 't1',
      info: { name: 'Ann' },
      meta: { plan: 'free' },
      channels: ['news'],
      subs: { 'user#ann': { info: { colour: 'red' }, data: [1], override: { presence: { value: true } } } },
    };
    expect(readConnectionClaims(claims)).toEqual({
      user: 'ann',
      expiresAt: 2_000_000,
      issuedAt: 1_000_500,
      id: 't1',
      info: { name: 'Ann' },
      meta: { plan: 'free' },
      rooms: {
        news: {},
        'user#ann': { info: { colour: 'red' }, data: [1], override: { presence: true } },
      },
    });
  });

  test.each([
    [{ exp: 10 }, 10_000],
    [{ exp: 10, expire_at: 20 }, 20_000],
    [{ expire_at: 20 }, 20_000],
    [{ exp: 10, expire_at: 0 }, undefined],
    [{}, undefined],
  ])('%j expires at %s', (claims, expiresAt) => {
    expect(readConnectionClaims(claims).expiresAt).toBe(expiresAt);
  });

  test('of channels and subs are joined, and what subs says of a room counts', () => {
    const claims = { channels: ['a', 'b'], subs: { b: { data: 1 }, c: {} } };
    expect(readConnectionClaims(claims).rooms).toEqual({ a: {}, b: { data: 1 }, c: {} });
  });

  test('may name a room __proto__, which is a room like any other', () => {
    const { rooms } = readConnectionClaims(
      parse('{"channels":["__proto__"],"subs":{"toString":{"data":1}}}'),
    );
    expect(Object.keys(rooms)).toEqual(['__proto__', 'toString']);
    expect(Object.getPrototypeOf(rooms)).toBe(Object.prototype);
    const subs = readConnectionClaims(parse('{"subs":{"__proto__":{"data":1}}}')).rooms;
    expect(Object.entries(subs)).toEqual([['__proto__', { data: 1 }]]);
  });

  test('may have their info as base64 of JSON, which counts if there are both', () => {
    const b64info = base64('{"name":"Zoë"}');
    expect(readConnectionClaims({ b64info }).info).toEqual({ name: 'Zoë' });
    expect(readConnectionClaims({ b64info, info: 1 }).info).toEqual({ name: 'Zoë' });
    expect(readConnectionClaims({ b64info: '', info: 1 }).info).toBe(1);
    expect(readConnectionClaims({ b64info: base64('0') }).info).toBe(0);
  });

  test('take null for what is left out', () => {
    const claims = {
      sub: null,
      info: null,
      meta: null,
      channels: null,
      subs: null,
      expire_at: null,
      jti: null,
    };
    expect(readConnectionClaims(claims)).toEqual({ user: '', rooms: {} });
  });

  test.each([
    ['sub', { sub: 42 }],
    ['sub', { sub: ['ann'] }],
    ['sub', { sub: 'x'.repeat(256) }],
    ['sub', { sub: '\uD800' }],
    ['jti', { jti: 1 }],
    ['iat', { iat: '1' }],
    ['exp', { exp: 1_900_000_000_000 }],
    ['exp', { exp: -1 }],
    ['expire_at', { expire_at: 1e300 }],
    ['expire_at', { expire_at: Number.POSITIVE_INFINITY }],
    ['expire_at', { expire_at: '10' }],
    ['b64info', { b64info: base64('{') }],
    ['b64info', { b64info: 'w4Mow4M=' }],
    ['b64info', { b64info: 1 }],
    ['info', parse('{"info":{"price":1e999}}')],
    ['info', parse(`{"info":${'['.repeat(5_000)}${']'.repeat(5_000)}}`)],
    ['b64info', { b64info: base64('[1e999]') }],
    ['meta', parse('{"meta":[1e999]}')],
    ['channels', { channels: 'room1' }],
    ['channels', { channels: [1] }],
    ['channels', { channels: [''] }],
    ['subs', { subs: ['room1'] }],
    ['subs', { subs: { '': {} } }],
    ['subs', { subs: { room1: true } }],
    ['channel', { channel: 'room1' }],
    ['channel', { channel: 1 }],
  ])('are refused if %s is wrong, as in case %#', (name, claims) => {
    const read = (): unknown => readConnectionClaims(claims);
    expect(read).toThrow(ClaimError);
    expect(read).toThrow(name);
  });

  test('may have an empty channel, which is none', () => {
    expect(readConnectionClaims({ sub: 'ann', channel: '' })).toEqual({ user: 'ann', rooms: {} });
  });
});

describe('the claims of a membership', () => {
  test('may all be there', () => {
    const claims = {
      sub: 'ann',
      channel: 'room1',
      client: 'c1',
      exp: 10,
      expire_at: 20,
      info: { colour: 'red' },
      b64data: base64('"hi"'),
      override: { presence: { value: true } },
    };
    expect(readSubscriptionClaims(claims)).toEqual({
      user: 'ann',
      room: 'room1',
      client: 'c1',
      expiresAt: 20_000,
      info: { colour: 'red' },
      data: 'hi',
      override: { presence: true },
    });
  });

  test('need nothing but the room', () => {
    expect(readSubscriptionClaims({ channel: 'room1', client: '' })).toEqual({ user: '', room: 'room1' });
  });

  test.each([{}, { channel: '' }, { channel: 1 }, { channel: ['room1'] }])('are refused if %j', (claims) => {
    expect(() => readSubscriptionClaims(claims)).toThrow('channel');
  });
});
