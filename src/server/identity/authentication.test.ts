import { describe, expect, test } from 'vitest';
import type { Handshake } from '../../actors/connection/authenticator.ts';
import { refuse } from '../../actors/room/room-options.ts';
import { NOW, SECRET, signToken } from '../../auth/token-harness.ts';
import { createTokenVerifier } from '../../auth/token-verifier.ts';
import { parseSettings } from '../../config/parse-settings.ts';
import type { SettingsInput } from '../../config/schema/settings.ts';
import type { ConnectRequest } from '../../protocol/command.ts';
import { FakeClock } from '../../system/clock-harness.ts';
import { createAuthenticator, type Authenticate, type ClientRequest } from './authentication.ts';

const HANDSHAKE: Handshake = {
  query: '',
  headers: {},
  address: '127.0.0.1',
  protocol: 'test',
  transport: 'websocket',
};
const ASKER = { member: { id: 'c1' }, facts: undefined, sender: { id: 'c1', src: 'connection' } };

function create(auth: SettingsInput['auth'] = {}, authenticate?: Authenticate) {
  const parsed = parseSettings({ auth });
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  const clock = new FakeClock(NOW * 1000);
  const failures: unknown[] = [];
  const authenticator = createAuthenticator({
    settings: parsed.settings,
    verifier: createTokenVerifier(parsed.settings.auth, clock),
    authenticate,
    clock,
    events: { emit: (_, event) => void failures.push(event), isHeard: () => true },
  });
  if (authenticator === undefined) throw new Error('everybody is believed');
  const { signal } = new AbortController();
  return {
    authenticator: {
      refresh: authenticator.refresh.bind(authenticator),
      prove: authenticator.prove.bind(authenticator),
      identify: (request: ConnectRequest, handshake: Handshake, gone = signal) =>
        authenticator.identify(request, handshake, ASKER, gone),
    },
    clock,
    failures,
  };
}

const KEYED = { hmacSecret: SECRET };
const INVALID = { type: 'closed', close: 'invalidToken' };

test('nobody is asked where everybody may be anonymous and no token can be checked', () => {
  const { settings } = parseSettings({}) as Extract<ReturnType<typeof parseSettings>, { ok: true }>;
  const clock = new FakeClock();
  const events = { emit() {}, isHeard: () => false };
  const input = { settings, verifier: undefined, authenticate: undefined, clock, events };
  expect(createAuthenticator(input)).toBeUndefined();
});

describe('a client with a token', () => {
  test('is who the token says, until its end, in its rooms', async () => {
    const { authenticator } = create(KEYED);
    const claims = {
      sub: '42',
      exp: NOW + 60,
      info: { name: 'Ann' },
      subs: { news: { data: 1 } },
      channels: ['a'],
    };
    expect(await authenticator.identify({ token: await signToken(claims) }, HANDSHAKE)).toMatchObject({
      type: 'known',
      identity: {
        user: '42',
        info: { name: 'Ann' },
        expiresAt: (NOW + 60) * 1000,
        rooms: { news: { data: 1 }, a: {} },
      },
    });
  });

  test.each([
    [
      'has expired',
      { sub: '42', exp: NOW - 1 },
      SECRET,
      { type: 'refused', refusal: { error: 'tokenExpired' } },
    ],
    ['is signed by another', { sub: '42' }, 'another secret that is long enough', INVALID],
    ['is one of a room', { sub: '42', channel: 'a' }, SECRET, INVALID],
  ])('that %s is not', async (_, claims, key, expected) => {
    const { authenticator } = create(KEYED);
    expect(await authenticator.identify({ token: await signToken(claims, key) }, HANDSHAKE)).toMatchObject(
      expected,
    );
  });

  test('may bring it with its handshake', async () => {
    const { authenticator } = create(KEYED);
    const query = `token=${await signToken({ sub: '42' })}`;
    expect(await authenticator.identify({}, { ...HANDSHAKE, query })).toMatchObject({
      identity: { user: '42' },
    });
  });
});

describe('a client without a token', () => {
  test('is anonymous, unless that is turned off', async () => {
    expect(await create(KEYED).authenticator.identify({}, HANDSHAKE)).toEqual({
      type: 'known',
      identity: {},
    });
    const closed = create({ ...KEYED, anonymous: false });
    expect(await closed.authenticator.identify({}, HANDSHAKE)).toEqual(INVALID);
    const insecure = create({ ...KEYED, anonymous: false, insecure: true });
    expect(await insecure.authenticator.identify({}, HANDSHAKE)).toMatchObject({ type: 'known' });
  });
});

describe('a refresh', () => {
  test.each([
    [
      'of the same user',
      { sub: '42', exp: NOW + 90 },
      { type: 'known', identity: { expiresAt: (NOW + 90) * 1000 } },
    ],
    ['of another user', { sub: '43' }, INVALID],
    ['that has expired', { sub: '42', exp: NOW - 1 }, { type: 'closed', close: 'expired' }],
  ])('%s', async (_, claims, expected) => {
    const { authenticator } = create(KEYED);
    const outcome = await authenticator.refresh(await signToken(claims), { id: 'c1', user: '42' });
    expect(outcome).toMatchObject(expected);
  });

  test('with what is no token closes the connection', async () => {
    const { authenticator } = create(KEYED);
    expect(await authenticator.refresh('lie', { id: 'c1', user: '42' })).toEqual(INVALID);
  });
});

describe('a subscription token', () => {
  const MEMBER = { id: 'c1', user: '42' };

  test.each([
    ['for this room and user', { sub: '42', channel: 'a', info: 1, exp: NOW + 5 }, { type: 'granted' }],
    ['for this connection', { sub: '42', channel: 'a', client: 'c1' }, { type: 'granted' }],
    ['for another room', { sub: '42', channel: 'b' }, { close: 'invalidToken' }],
    ['for another user', { sub: '43', channel: 'a' }, { close: 'invalidToken' }],
    ['for another connection', { sub: '42', channel: 'a', client: 'c2' }, { close: 'invalidToken' }],
    ['that has expired', { sub: '42', channel: 'a', exp: NOW - 1 }, { refusal: { error: 'tokenExpired' } }],
    ['that names no room', { sub: '42' }, { refusal: { error: 'permissionDenied' } }],
  ])('%s', async (_, claims, expected) => {
    const { authenticator } = create(KEYED);
    expect(await authenticator.prove('a', await signToken(claims), MEMBER)).toMatchObject(expected);
  });

  test('cannot be checked without a key, which matters to nobody where everything is allowed', async () => {
    const token = await signToken({ sub: '42', channel: 'a' });
    const strict = create({ anonymous: false });
    expect(await strict.authenticator.prove('a', token, MEMBER)).toMatchObject({ type: 'refused' });
    const insecure = create({ insecure: true }, () => undefined);
    expect(await insecure.authenticator.prove('a', token, MEMBER)).toMatchObject({ type: 'granted' });
  });
});

describe('the function of the user', () => {
  test('is told of the client, and its answer wins over the token', async () => {
    const asked: ClientRequest[] = [];
    const { authenticator } = create(KEYED, (client) => {
      asked.push(client);
      return { user: 'ann', data: { role: 'host' }, rooms: ['lobby'], expiresAt: new Date(5_000) };
    });
    const token = await signToken({ sub: '42', info: 'from the token' });
    const request = { token, data: { a: 1 }, name: 'js', version: '1', headers: { 'x-app': 'shop' } };
    const handshake = { ...HANDSHAKE, query: 'a=b', headers: { cookie: 'c=d' } };
    expect(await authenticator.identify(request, handshake)).toEqual({
      type: 'known',
      identity: {
        user: 'ann',
        info: 'from the token',
        data: { role: 'host' },
        answer: undefined,
        expiresAt: 5_000,
        token: {},
        rooms: { lobby: {} },
      },
    });
    expect(asked[0]).toMatchObject({
      token,
      claims: { user: '42' },
      data: { a: 1 },
      name: 'js',
      version: '1',
      claimedHeaders: { 'x-app': 'shop' },
      headers: { cookie: 'c=d' },
      address: '127.0.0.1',
      protocol: 'test',
    });
    expect(asked[0]?.query.get('a')).toBe('b');
    expect(asked[0]?.signal.aborted).toBe(true);
  });

  test('that answers nothing leaves the client as it is', async () => {
    const { authenticator } = create(KEYED, () => undefined);
    const token = await signToken({ sub: '42' });
    expect(await authenticator.identify({ token }, HANDSHAKE)).toMatchObject({ identity: { user: '42' } });
    expect(await authenticator.identify({}, HANDSHAKE)).toEqual({ type: 'known', identity: {} });
  });

  test.each([
    ['an error', refuse('no'), { type: 'refused', refusal: { error: 'permissionDenied', message: 'no' } }],
    ['an own error', refuse('no', 455), { type: 'refused', refusal: { code: 455, message: 'no' } }],
    ['an own close', refuse('no', 4501), { type: 'closed', close: { code: 4501, reason: 'no' } }],
  ])('refuses with %s', async (_, verdict, expected) => {
    const { authenticator } = create({}, () => verdict);
    expect(await authenticator.identify({}, HANDSHAKE)).toMatchObject(expected);
  });

  test.each([
    [
      'throws',
      () => {
        throw new Error('broken');
      },
    ],
    ['returns a text', () => 'ann' as never],
    ['returns a user that is no text', () => ({ user: 42 }) as never],
    ['returns a user that nobody could revoke', () => ({ user: 'x'.repeat(256) })],
    ['returns a user that is half a character', () => ({ user: 'a\ud800' })],
    ['returns as info what is no JSON value', () => ({ info: new Map() }) as never],
    ['refuses with a code of nobody', () => refuse('no', 17)],
    ['refuses with a code that is a text', () => refuse('no', '4501' as never)],
    ['refuses with a code that is no whole number', () => refuse('no', 4500.5)],
    ['refuses with a reason that is no text', () => refuse(5 as never, 4501)],
    ['returns as expiresAt a text', () => ({ expiresAt: '2027-01-01' }) as never],
    ['returns as expiresAt no date', () => ({ expiresAt: new Date('soon') })],
    ['returns as rooms a text', () => ({ rooms: 'lobby' }) as never],
    ['returns as rooms a set', () => ({ rooms: new Set(['lobby']) }) as never],
    ['returns in rooms a number', () => ({ rooms: [1] }) as never],
    ['returns in rooms no name', () => ({ rooms: [''] })],
    ['returns for a room what is no object', () => ({ rooms: { lobby: true } }) as never],
    ['returns for a room what is no JSON value', () => ({ rooms: { lobby: { info: 1n } } }) as never],
  ])('that %s refuses the client for now, and is reported', async (_, authenticate) => {
    const { authenticator, failures } = create({}, authenticate);
    expect(await authenticator.identify({}, HANDSHAKE)).toMatchObject({ refusal: { error: 'internal' } });
    expect(failures).toMatchObject([{ handler: 'authenticate' }]);
  });

  test('that is late refuses the client for now, and is told to stop', async () => {
    let signal: AbortSignal | undefined;
    const { authenticator, clock } = create({}, (client) => {
      ({ signal } = client);
      return new Promise(() => undefined);
    });
    const outcome = authenticator.identify({}, HANDSHAKE);
    clock.increment(5_000);
    expect(await outcome).toMatchObject({ refusal: { error: 'internal' } });
    expect(signal?.aborted).toBe(true);
  });
});

describe('a client that goes while its function runs', () => {
  test('has the function told to stop, and nothing is reported or waited for', async () => {
    const gone = new AbortController();
    let signal: AbortSignal | undefined;
    const { authenticator, clock, failures } = create({}, (client) => {
      ({ signal } = client);
      return new Promise(() => undefined);
    });
    const outcome = authenticator.identify({}, HANDSHAKE, gone.signal);
    gone.abort();
    expect(await outcome).toMatchObject({ type: 'refused' });
    expect(signal?.aborted).toBe(true);
    expect(clock.timers).toBe(0);
    expect(failures).toEqual([]);
  });

  test('before its token is read is not asked about', async () => {
    const gone = new AbortController();
    const asked: ClientRequest[] = [];
    const { authenticator } = create(KEYED, (client) => void asked.push(client));
    const outcome = authenticator.identify({ token: await signToken({ sub: '42' }) }, HANDSHAKE, gone.signal);
    gone.abort();
    expect(await outcome).toMatchObject({ type: 'refused' });
    expect(asked).toEqual([]);
  });
});

test('each user has a room of its own, if the settings say so', async () => {
  const { authenticator } = create({ ...KEYED, personalRoom: 'user', userBoundary: '@' });
  const token = await signToken({ sub: '42' });
  expect(await authenticator.identify({ token }, HANDSHAKE)).toMatchObject({
    identity: { rooms: { 'user@42': {} } },
  });
  expect(await authenticator.identify({}, HANDSHAKE)).toEqual({ type: 'known', identity: {} });
});
