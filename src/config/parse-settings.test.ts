import { describe, expect, test } from 'vitest';
import type { ConfigProblem } from './layer/config-error.ts';
import { parseSettings } from './parse-settings.ts';
import type { Settings, SettingsInput } from './schema/settings.ts';

function parseGood(input: SettingsInput): Settings {
  const parsed = parseSettings(input);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return parsed.settings;
}

function parseBad(input: unknown): readonly ConfigProblem[] {
  const parsed = parseSettings(input);
  return parsed.ok ? [] : parsed.problems;
}

const SECRET = 'a-secret-nobody-may-see';

describe('good settings', () => {
  test('get a default for everything that is left out', () => {
    const settings = parseGood({});
    expect(settings).toEqual({
      host: '127.0.0.1',
      port: 8000,
      dataDir: './data',
      store: 'lowdb',
      allowedOrigins: [],
      trustedProxies: [],
      tls: {},
      drainSeconds: 30,
      drain: { connectionsPerSecond: 5_000 },
      transport: 'auto',
      workers: 1,
      pages: true,
      log: { level: 'info', format: 'auto' },
      http: { open: false, apiKeys: [], allowedOrigins: [] },
      line: { userParameter: false },
      auth: { insecure: false, anonymous: true },
      limits: {
        connections: 0,
        connectionsPerAddress: 0,
        connectionsPerUser: 0,
        messageBytes: 65_536,
        historyBytes: 64 * 1024 * 1024,
        roomNameBytes: 255,
        roomsPerConnection: 128,
        roomCapacity: 100_000,
        rooms: 100_000,
        guestRooms: 1_000,
        sendQueueBytes: 1_048_576,
        sendMemoryBytes: 256 * 1024 * 1024,
        receiveQueueBytes: 1_048_576,
        callsPerConnection: 16,
        apiCalls: 1_000,
        broadcastsPerSecond: 1_000,
        broadcastsPerSecondPerConnection: 500,
        messagesPerSecond: 0,
        bytesPerSecond: 0,
        joinsPerSecond: 5_000,
        newRoomsPerSecond: 1_000,
        idleTimeoutSeconds: 120,
        handlerSeconds: 5,
      },
      membership: { durability: 'relaxed', flushMs: 50, ttlSeconds: 86_400, reconnectSeconds: 30 },
      inspector: { enabled: true, access: 'auto', control: false, redact: [], history: 200 },
      metrics: { enabled: true },
      tars: {
        servants: {},
        callSeconds: 3,
        maxInFlight: 1_000,
        maxWaiting: 1_000,
        configFiles: [],
        configDir: 'conf',
      },
      redis: { prefix: 'statecast', required: false, sentinels: [], cluster: false },
      monitor: { store: 'memory', redis: { prefix: 'statecast' } },
      demo: false,
      lingerSeconds: 10,
      rooms: {},
      hooks: {},
      webhooks: [],
    });
  });

  test('keep the neighbours of a setting that is given', () => {
    expect(parseGood({ limits: { messageBytes: 10 } }).limits).toMatchObject({
      messageBytes: 10,
      rooms: 100_000,
    });
  });

  test('are frozen to the last object, and what was given is not', () => {
    const input = { allowedOrigins: ['null'], rooms: { lobby: { capacity: 2 } } };
    const settings = parseGood(input);
    expect(Object.isFrozen(settings)).toBe(true);
    expect(Object.isFrozen(settings.limits)).toBe(true);
    expect(Object.isFrozen(settings.allowedOrigins)).toBe(true);
    expect(Object.isFrozen(settings.rooms['lobby'])).toBe(true);
    expect(Object.isFrozen(input.allowedOrigins)).toBe(false);
    expect(Object.isFrozen(input.rooms.lobby)).toBe(false);
  });

  test('can be given again', () => {
    const settings = parseGood({ http: { apiKey: SECRET }, rooms: { 'a*': { messagesPerSecond: 0.5 } } });
    expect(parseGood(settings)).toEqual(settings);
  });

  test('may switch the idle timeout off', () => {
    expect(parseGood({ limits: { idleTimeoutSeconds: 0 } }).limits.idleTimeoutSeconds).toBe(0);
  });
});

test('a key for HTTP has at least 12 characters', () => {
  expect(parseGood({ http: { apiKey: 'test-api-key' } }).http.apiKey).toBe('test-api-key');
  expect(parseBad({ http: { apiKey: 'test-api-ke' } })).toMatchObject([
    { path: 'http.apiKey', given: '(set)', allowed: 'a text of at least 12 characters' },
  ]);
});

test('rooms and broadcasts have rules', () => {
  const rooms = {
    'chat:*': {
      may: { join: 'users', publish: 'members', presence: 'token', history: 'nobody', rpc: 'anyone' },
      history: { size: 10, recover: 'cache' },
      joinLeave: true,
      delta: false,
    },
    lobby: { history: { recover: true } },
  } as const;
  expect(parseGood({ rooms, broadcast: 'users' })).toMatchObject({ rooms, broadcast: 'users' });
  expect(parseBad({ rooms: { lobby: { history: { recover: 'all' } } } })).toEqual([
    { path: 'rooms.lobby.history.recover', given: '"all"', allowed: 'true, false or "cache"' },
  ]);
  expect(parseBad({ rooms: { lobby: { may: { joins: 'users' } } } })).toMatchObject([
    { allowed: 'no such setting; did you mean rooms.lobby.may.join?' },
  ]);
});

describe('a problem', () => {
  test('tells the setting, what was given and what is allowed', () => {
    expect(parseBad({ limits: { messageBytes: '64k' } })).toEqual([
      {
        path: 'limits.messageBytes',
        given: '"64k"',
        allowed: 'a whole number of bytes from 1 to 67108864',
      },
    ]);
  });

  test.each([
    ['port', { port: 65_536 }],
    ['port', { port: 80.5 }],
    ['port', { port: '8000' }],
    ['host', { host: '' }],
    ['store', { store: 'redis' }],
    ['pages', { pages: 1 }],
    ['log.level', { log: { level: 'loud' } }],
    ['log', { log: 'info' }],
    ['limits.idleTimeoutSeconds', { limits: { idleTimeoutSeconds: 7 } }],
    ['limits.idleTimeoutSeconds', { limits: { idleTimeoutSeconds: 961 } }],
    ['limits.messageBytes', { limits: { messageBytes: -1e300 } }],
    ['limits.handlerSeconds', { limits: { handlerSeconds: Number.NaN } }],
    ['membership.ttlSeconds', { membership: { ttlSeconds: 2_592_000 } }],
    ['allowedOrigins[1]', { allowedOrigins: ['null', 'https://chat.example.com/'] }],
    ['rooms["a*b"]', { rooms: { 'a*b': {} } }],
    ['rooms.lobby.capacity', { rooms: { lobby: { capacity: 0 } } }],
    ['rooms.lobby.messagesPerSecond', { rooms: { lobby: { messagesPerSecond: 0 } } }],
    ['rooms.lobby.may.join', { rooms: { lobby: { may: { join: 'members' } } } }],
    ['rooms.lobby.may.publish', { rooms: { lobby: { may: { publish: 'everybody' } } } }],
    ['rooms.lobby.history.recover', { rooms: { lobby: { history: { recover: 'all' } } } }],
    ['rooms.lobby.joinLeave', { rooms: { lobby: { joinLeave: 1 } } }],
    ['broadcast', { broadcast: 'members' }],
    ['(all)', ['port', 8000]],
    ['(all)', undefined],
  ])('at %s is reported once for %j', (path, input) => {
    expect(parseBad(input).map((problem) => problem.path)).toEqual([path]);
  });

  test('is an unknown name too, with the name that was meant', () => {
    expect(parseBad({ limits: { mesageBytes: 5 }, prot: 1, rooms: { lobby: { capasity: 2 } } })).toEqual([
      {
        path: 'limits.mesageBytes',
        given: '5',
        allowed: 'no such setting; did you mean limits.messageBytes?',
      },
      {
        path: 'rooms.lobby.capasity',
        given: '2',
        allowed: 'no such setting; did you mean rooms.lobby.capacity?',
      },
      { path: 'prot', given: '1', allowed: 'no such setting; did you mean port?' },
    ]);
  });

  test('is the name __proto__, wherever names are given', () => {
    const input: unknown = JSON.parse(
      '{"rooms":{"__proto__":{"capacity":1}},"tars":{"servants":{"__proto__":{}}},"limits":{"__proto__":{}}}',
    );
    expect(parseBad(input)).toMatchObject([
      { path: 'limits.__proto__', allowed: expect.stringContaining('no such setting') },
      { path: 'rooms.__proto__', given: '{"capacity":1}', allowed: 'another name' },
      { path: 'tars.servants.__proto__', allowed: 'another name' },
    ]);
    expect('capacity' in {}).toBe(false);
  });

  test('hides no other, not even behind a bad room name', () => {
    const problems = parseBad({
      port: 80.5,
      host: '0.0.0.0',
      colour: true,
      rooms: { 'a*b': { capacity: 0, size: 1 } },
      limits: { rooms: 0 },
    });
    expect(problems.map((problem) => problem.path).sort()).toEqual([
      'colour',
      'host',
      'limits.rooms',
      'port',
      'rooms["a*b"]',
      'rooms["a*b"].capacity',
      'rooms["a*b"].size',
    ]);
  });

  test('shortens a long value', () => {
    const [problem] = parseBad({ store: 'x'.repeat(1000) });
    expect(problem?.given).toHaveLength(60);
  });

  test.each([
    ['a function', () => 1, 'function'],
    ['a bigint', 1n, 'bigint'],
    ['infinity', Number.POSITIVE_INFINITY, 'Infinity'],
  ])('shows %s although JSON cannot', (_, port, given) => {
    expect(parseBad({ port })).toMatchObject([{ path: 'port', given }]);
  });
});

describe('a secret is not shown', () => {
  test.each([
    ['in its own place', { http: { apiKey: SECRET.slice(0, 11) } }],
    ['as a list', { http: { apiKey: [SECRET] } }],
    ['under a misspelt name', { http: { apikey: SECRET } }],
    ['in the wrong section', { apiKey: SECRET }],
    ['in the place of the section', { http: SECRET }],
    ['inside a list in the place of the section', { http: [{ apiKey: SECRET }] }],
    ['in the place of everything', SECRET],
  ])('%s', (_, input) => {
    const problems = parseBad(input);
    expect(problems).not.toEqual([]);
    expect(JSON.stringify(problems)).not.toContain(SECRET.slice(0, 11));
  });
});

describe('a server that others can reach', () => {
  test('needs a key for HTTP push, and the problem says so', () => {
    expect(parseBad({ host: '0.0.0.0' })).toEqual([
      {
        path: 'host',
        given: '"0.0.0.0"',
        allowed:
          'the server would listen on 0.0.0.0 with HTTP push open to everybody: ' +
          'set http.apiKey (STATECAST_HTTP_API_KEY) or, if that is meant, http.open to true',
      },
    ]);
  });

  test('may have a key', () => {
    expect(parseGood({ host: '::', http: { apiKey: SECRET } }).http.apiKey).toBe(SECRET);
  });

  test('may be open if that is said', () => {
    expect(parseGood({ host: '::', http: { open: true } }).http.open).toBe(true);
  });

  test('has one problem for a bad key, and none for a missing one', () => {
    expect(parseBad({ host: '0.0.0.0', http: { apiKey: 'short' } }).map(({ path }) => path)).toEqual([
      'http.apiKey',
    ]);
  });
});

test('a server that only this machine can reach needs no key', () => {
  expect(parseGood({ host: 'localhost' }).http).toMatchObject({ open: false });
});

test.each(['*.sz.1', 'room.*.1', 'room.sz.1.2', 'room.sz', 'NULL', ''])('the set %j is refused', (set) => {
  expect(parseBad({ tars: { set } })).toEqual([
    expect.objectContaining({ path: 'tars.set', allowed: 'a set such as room.sz.1 or room.sz.*' }),
  ]);
});

test.each(['room.sz.1', 'room.sz.*'])('the set %j is taken', (set) => {
  expect(parseGood({ tars: { set } }).tars.set).toBe(set);
});
