import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createHarness, join } from '../../actors/actor-harness.ts';
import { Roster } from '../../actors/room/roster.ts';
import { createRefusal } from '../../protocol/errors.ts';
import { createRedaction } from './redaction.ts';
import { WITHHELD } from './withheld-names.ts';

const redaction = createRedaction();

describe('what is withheld', () => {
  test('message bodies, arguments, results and TARS bytes of any type', () => {
    for (const name of [
      'data',
      'args',
      'result',
      'body',
      'message',
      'context',
      'routeKey',
      'Payload',
      'info',
      'headers',
    ]) {
      for (const value of ['hello', 1, null, { deep: ['x'] }, new Uint8Array(3)]) {
        expect(redaction.showFields({ [name]: value }), name).toEqual({ [name]: WITHHELD });
      }
    }
    expect(redaction.showField('anything', new Uint8Array([1, 2, 3]))).toBe(WITHHELD);
    expect(redaction.showField('anything', Buffer.from('secret'))).toBe(WITHHELD);
    expect(redaction.showField('anything', new ArrayBuffer(3))).toBe(WITHHELD);
  });

  test('secrets for access, with any spelling of their names', () => {
    const names = ['token', 'accessToken', 'api_key', 'X-API-Key', 'PASSWORD', 'clientSecret', 'Set-Cookie'];
    for (const name of [...names, 'Authorization', 'auth', 'sessionId', 'credentials', 'key']) {
      expect(redaction.showFields({ parts: { [name]: 'x' } })).toEqual({ parts: { [name]: WITHHELD } });
    }
    expect(redaction.showFields({ monkey: 1, author: 'ann', database: 2 })).toEqual({
      monkey: 1,
      author: 'ann',
      database: 2,
    });
  });

  test('the fields that the settings name, in upper or lower case and at any depth', () => {
    const { showFields, names } = createRedaction(['User', 'remoteAddress']);
    expect(showFields({ member: { id: 'c1', user: 'ann' }, list: [{ USER: 'bob' }], userName: 'x' })).toEqual(
      {
        member: { id: 'c1', user: WITHHELD },
        list: [{ USER: WITHHELD }],
        userName: 'x',
      },
    );
    expect(names).toContain('User');
    expect(names).toContain('token');
  });

  test('a message, but not the message of a refusal from our table', () => {
    const refusal = createRefusal('permissionDenied', 'room1 is muted');
    expect(redaction.showFields({ refusal })).toEqual({ refusal });
    expect(redaction.showFields({ refusal: { error: 'sesame', message: 'hi' } })).toEqual({
      refusal: { error: 'sesame', message: WITHHELD },
    });
    expect(redaction.showFields({ refusal: { ...refusal, more: 1 } })).toMatchObject({
      refusal: { message: WITHHELD },
    });
    expect(redaction.showFields({ output: refusal })).toMatchObject({ output: { message: WITHHELD } });
    expect(createRedaction(['message']).showFields({ refusal })).toMatchObject({
      refusal: { message: WITHHELD },
    });
    expect(createRedaction(['refusal']).showFields({ refusal })).toEqual({ refusal: WITHHELD });
  });

  test('everything of a real event except its member and its room', () => {
    const seen: object[] = [];
    const { connect, directory } = createHarness();
    const client = connect('ann');
    client.send(join('room1'));
    const room = directory.rooms.get('room1');
    const subscriber = client.actor?.getSnapshot().context.subscriber;
    const event = { type: 'room.publish', room: 'room1', data: { text: 'hi' }, publisher: subscriber };
    seen.push(redaction.showFields(event, 'type'), redaction.showFields({ subscriber, ref: room?.actor }));
    expect(seen).toEqual([
      {
        room: 'room1',
        data: WITHHELD,
        publisher: { member: { id: 'c1', user: 'ann' } },
      },
      {
        subscriber: { member: { id: 'c1', user: 'ann' } },
        ref: 'Actor room1',
      },
    ]);
  });
});

describe('what is shown', () => {
  test('plain values without a change', () => {
    const value = { flag: true, count: 3, nothing: null, name: 'room1', list: [1, 'two', { three: 3 }] };
    expect(redaction.showField('value', value)).toEqual(value);
  });

  test('other values as a short text', () => {
    const value = {
      map: new Map([[1, 2]]),
      set: new Set([1, 2]),
      roster: new Roster(),
      run() {},
      at: new Date(0),
      big: 12n,
      odd: Number.NaN,
      none: undefined,
      promise: Promise.resolve(),
      bare: Object.assign(Object.create(null) as object, { a: 1 }),
      sign: Symbol('s'),
    };
    expect(redaction.showField('value', value)).toEqual({
      map: 'Map(1)',
      set: 'Set(2)',
      roster: 'Roster',
      run: 'function',
      at: '1970-01-01T00:00:00.000Z',
      big: '12n',
      odd: 'NaN',
      promise: 'Promise',
      bare: { a: 1 },
      sign: 'symbol',
    });
  });

  test('errors with their names and messages', () => {
    const error = new RangeError('the index is off');
    expect(redaction.showField('error', error)).toBe('RangeError: the index is off');
    expect(redaction.showError(error)).toBe('RangeError: the index is off');
    expect(redaction.showError('thrown as a text')).toBe('thrown as a text');
    expect(redaction.showError({ message: 'hi' })).toBe('object');
    expect(redaction.showError(undefined)).toBe('undefined');
    expect(createRedaction(['error']).showError(error)).toBe(WITHHELD);
    expect(createRedaction(['message']).showField('error', error)).toBe('RangeError');
  });

  test('circles, getters and values that throw when they are read, as a short text', () => {
    const circle: Record<string, unknown> = { a: 1 };
    circle['self'] = circle;
    const hostile = new Proxy({}, { getPrototypeOf: () => expect.fail('touched') });
    const value = {
      circle,
      get bad() {
        throw new Error('touched');
      },
      hostile,
    };
    expect(redaction.showField('value', value)).toEqual({
      circle: { a: 1, self: '‹circle›' },
      bad: '‹getter›',
      hostile: '‹unreadable›',
    });
    const noKeys = new Proxy({}, { ownKeys: () => expect.fail('touched') });
    expect(redaction.showFields(noKeys)).toEqual({ '…': '‹unreadable›' });
    const twice = { a: 1 };
    expect(redaction.showField('value', [twice, twice])).toEqual([{ a: 1 }, { a: 1 }]);
  });

  test('long texts, long lists, many fields and deep objects, after a cut', () => {
    expect(redaction.showField('name', 'x'.repeat(1_000))).toBe(`${'x'.repeat(256)}… (744 more)`);
    expect(
      redaction.showField(
        'list',
        Array.from({ length: 1_000 }, (_, index) => index),
      ),
    ).toEqual([...Array.from({ length: 20 }, (_, index) => index), '… 980 more']);
    const many = Object.fromEntries(Array.from({ length: 50 }, (_, index) => [`f${index}`, index]));
    expect(redaction.showFields(many)).toMatchObject({ f0: 0, f39: 39, '…': '10 more' });
    let deep: object = { end: true };
    for (let level = 0; level < 100; level += 1) deep = { deep };
    expect(JSON.stringify(redaction.showFields(deep)).length).toBeLessThan(100);
  });

  test('a field named __proto__, like any other field', () => {
    const value = JSON.parse('{"__proto__": {"a": 1}}') as object;
    expect(JSON.stringify(redaction.showFields(value))).toBe('{"__proto__":{"a":1}}');
  });
});

describe('for any value', () => {
  const MARKER = 'MARKER-7f3a';
  const withheldName = fc.constantFrom(
    'data',
    'token',
    'userPassword',
    'x-api-key',
    'phone',
    'PHONE',
    'args',
  );
  const values = fc.letrec<{ value: unknown }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 8 },
      fc.anything({
        withBigInt: true,
        withDate: true,
        withMap: true,
        withSet: true,
        withTypedArray: true,
        withNullPrototype: true,
      }),
      fc.array(tie('value'), { maxLength: 30 }),
      fc.dictionary(fc.string(), tie('value'), { maxKeys: 60 }),
      fc.tuple(withheldName, tie('value')).map(([name, inner]) => ({ [name]: { marker: MARKER, inner } })),
      withheldName.map((name) => ({ [name]: MARKER })),
      withheldName.map((name) => ({ [name]: [MARKER] })),
      withheldName.map((name) => Object.assign(new Error('an error'), { [name]: MARKER })),
    ),
  })).value;

  const strict = createRedaction(['phone']);

  test('no part of a withheld field is shown', () => {
    fc.assert(
      fc.property(values, (value) => {
        expect(JSON.stringify(strict.showField('value', value))).not.toContain(MARKER);
      }),
      { numRuns: 300 },
    );
  });

  test('the result is JSON of a limited size', () => {
    const text = fc.string({ unit: 'binary', minLength: 200, maxLength: 400 });
    const long = fc.array(fc.dictionary(text, text, { minKeys: 5, maxKeys: 10 }), { maxLength: 30 });
    fc.assert(
      fc.property(fc.oneof(values, long), (value) => {
        const shown = strict.showField('value', value);
        const json = JSON.stringify(shown);
        expect(json.length).toBeLessThan(8_000);
        expect(JSON.stringify(JSON.parse(json))).toBe(json);
      }),
      { numRuns: 200 },
    );
  });
});
