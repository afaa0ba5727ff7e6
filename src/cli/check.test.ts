import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, onTestFinished, test, vi } from 'vitest';
import type { SettingsInput } from '../config/schema/settings.ts';
import { runCheck } from './check.ts';

beforeEach(() => void vi.stubEnv('NODE_ENV', 'development'));
afterEach(() => void vi.unstubAllEnvs());

function checkFile(settings: SettingsInput | string, env: Record<string, string> = {}, json = false) {
  const directory = mkdtempSync(join(tmpdir(), 'check-'));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  const file = join(directory, 'settings.json');
  writeFileSync(file, typeof settings === 'string' ? settings : JSON.stringify(settings));
  return runCheck({ file, fileNamedBy: 'argument FILE', env, flags: {} }, json);
}

const LONG = 'a secret that is long enough for everybody';

test('the defaults are right, and open on loopback', async () => {
  const { exitCode, stdout, stderr } = await runCheck({ env: {}, flags: {} });
  expect([exitCode, stderr]).toEqual([0, '']);
  expect(stdout).toBe(`the settings are right
  listens    127.0.0.1:8000 (this machine only)
  stores     files in ./data
  clients    no tokens; anonymous clients too
  API        this machine, without a key
  inspector  this machine
  broadcast  anyone

who may        join    publish  presence  history  rpc
  other rooms  anyone  anyone   anyone    anyone   anyone

  on loopback, anyone may join, speak and broadcast where the settings say nothing
`);
});

test('a server beyond loopback is told with its rules, its keys and what is dangerous, and no secret', async () => {
  const { stdout } = await checkFile({
    host: '::',
    store: 'memory',
    http: { apiKey: '0123456789abcdef' },
    inspector: { token: 'a token of the inspector' },
    auth: { hmacSecret: 'short', anonymous: false },
    rooms: { 'chat:*': { may: { join: 'users', publish: 'members' } } },
  });
  expect(stdout).toBe(`the settings are right
  listens    [::]:8000
  stores     memory
  clients    tokens, checked with a secret; no anonymous clients
  API        who has the key
  inspector  who has the token
  broadcast  nobody

who may        join          publish  presence  history  rpc
  chat:*       users         members  nobody    nobody   nobody
  other rooms  do not exist

  no client may broadcast: set broadcast to users or anyone
  WARNING  auth.hmacSecret has fewer than 32 characters: who guesses it can be any user. Take a long random one.
`);
});

test.each<[string, SettingsInput, string]>([
  ['insecure', { auth: { insecure: true } }, 'clients    everybody may do everything'],
  ['user names without proof', { line: { userParameter: true } }, 'no tokens; ?user= is believed'],
  [
    'keys at a URL',
    { auth: { hmacSecret: LONG, jwksUrl: 'https://login.example/keys' } },
    'checked with a secret and the keys at https://login.example/keys; anonymous clients too',
  ],
  [
    'several keys',
    { http: { apiKey: '0123456789abcdef', apiKeys: [{ name: 'billing', key: '0123456789abcdefg' }] } },
    'API        who has the key, or the key of billing',
  ],
  ['an open API', { host: '0.0.0.0', http: { open: true } }, 'API        everybody'],
  ['no inspector', { inspector: { enabled: false } }, 'inspector  off'],
])('%s is told', async (_, settings, words) => {
  expect((await checkFile(settings)).stdout).toContain(words);
});

test('where the backend is asked is told', async () => {
  const { stdout } = await checkFile({
    host: '0.0.0.0',
    http: { apiKey: '0123456789abcdef' },
    broadcast: 'users',
    rooms: { 'chat:*': { may: { publish: 'members', history: 'members' } } },
    hooks: {
      subscribe: { url: 'http://127.0.0.1:3000/join', rooms: ['chat:*', 'game:*'] },
      publish: { url: 'http://127.0.0.1:3000/say', rooms: ['chat:*'] },
      connect: { url: 'http://127.0.0.1:3000/connect' },
    },
  });
  expect(stdout).toContain('  asks       your backend: connect, subscribe, publish\n');
  expect(stdout).toContain(`
who may        join            publish          presence  history  rpc
  chat:*       anyone (asked)  members (asked)  nobody    members  nobody
  game:*       anyone (asked)  nobody           nobody    nobody   nobody
  other rooms  do not exist
  (asked): your backend decides, by hooks.subscribe and hooks.publish
`);
});

test('who is told of what is told, without secrets, and whose requests are not signed', async () => {
  const webhooks = [
    { url: 'https://backend.example/events?key=1', secret: LONG, events: ['member.*'], rooms: ['chat:*'] },
    { url: 'http://127.0.0.1:3000/log', name: 'log', events: ['room.occupancy.full', '*'] },
    { servant: 'crm', events: ['*'] },
  ];
  const { stdout } = await checkFile({ webhooks });
  expect(stdout).toContain(`
  tells      backend.example/events: member.* of chat:*
  tells      log: room.occupancy.full, *
  tells      crm: *
`);
  expect(stdout).toContain('WARNING  webhooks[1] has no secret');
  expect(stdout).toContain('WARNING  webhooks[2].servant is "crm", which tars.servants does not have');
  expect(stdout).not.toContain('webhooks[2] has no secret');
  expect(stdout).not.toContain('webhooks[0]');
  const json = await checkFile({ webhooks }, {}, true);
  expect(JSON.parse(json.stdout)).toMatchObject({
    webhooks: [
      { name: 'backend.example/events', events: ['member.*'], rooms: ['chat:*'], isSigned: true },
      { name: 'log', rooms: ['*'], isSigned: false },
      { name: 'crm', rooms: ['*'], isSigned: false },
    ],
  });
});

test.each<[string, SettingsInput, RegExp]>([
  [
    'an event that there is not',
    { webhooks: [{ url: 'http://127.0.0.1:3000/', events: ['*', 'member.joind'] }] },
    /webhooks\[0\]\.events\[1\] +"member\.joind" .*did you mean member\.joined/,
  ],
  [
    'a servant whose file is not there',
    {
      tars: { servants: { a: { object: 'A.B.C@tcp -h 127.0.0.1 -p 1', file: '/no.tars', interface: 'C' } } },
    },
    /tars\.servants\.a .*\/no\.tars/,
  ],
])('%s is a problem, as for the server', async (_, settings, words) => {
  const { exitCode, stderr } = await checkFile(settings);
  expect(exitCode).toBe(1);
  expect(stderr).toMatch(words);
});

test('a question to a servant that the settings lack is dangerous, for a project may have it', async () => {
  const { exitCode, stdout } = await checkFile({ hooks: { subscribe: { servant: 'judge' } } });
  expect(exitCode).toBe(0);
  expect(stdout).toContain('WARNING  hooks.subscribe.servant is "judge", which tars.servants does not have');
});

test.each<[SettingsInput, string | undefined]>([
  [{ host: '0.0.0.0', http: { open: true } }, 'http.open is on'],
  [{ http: { open: true } }, undefined],
  [{ auth: { jwksUrl: 'http://login.example/keys' } }, 'auth.jwksUrl has no https'],
  [{ auth: { jwksUrl: 'http://[::1]:3000/keys' } }, undefined],
])('%j is dangerous: %s', async (settings, warning) => {
  const { warnings } = JSON.parse((await checkFile(settings, {}, true)).stdout) as { warnings: string[] };
  expect(warnings).toEqual(warning === undefined ? [] : [expect.stringContaining(warning)]);
});

test('a pattern for all rooms leaves no others', async () => {
  expect((await checkFile({ rooms: { '*': {} } })).stdout).not.toContain('other rooms');
});

test('every problem of the file and of the environment is listed', async () => {
  const { exitCode, stdout, stderr } = await checkFile(
    { port: -1 },
    { STATECAST_PROT: '1', STATECAST_STORE: 'x' },
  );
  expect([exitCode, stdout]).toEqual([1, '']);
  expect(stderr).toMatch(/^statecast: the configuration has 3 problems\n/);
  expect(stderr).toMatch(/port +-1 +file .*settings\.json +a whole number/);
  expect(stderr).toContain('did you mean STATECAST_PORT?');
});

test('as JSON, both what is wrong and what is right are an object', async () => {
  const wrong = await checkFile('{"port":', {}, true);
  expect([wrong.exitCode, wrong.stderr]).toEqual([1, '']);
  expect(JSON.parse(wrong.stdout)).toMatchObject({ ok: false, problems: [{ path: '(all)' }] });

  const right = await checkFile({ port: 9000, rooms: { news: { may: { publish: 'nobody' } } } }, {}, true);
  expect(right.exitCode).toBe(0);
  expect(JSON.parse(right.stdout)).toMatchObject({
    ok: true,
    port: 9000,
    api: 'this machine, without a key',
    rooms: [
      { pattern: 'news', exists: true, join: 'anyone', publish: 'nobody' },
      { pattern: '', join: 'anyone' },
    ],
    warnings: [],
  });
});

test('a file that is not there is named by the argument', async () => {
  const { stderr } = await runCheck({
    file: '/nowhere.json',
    fileNamedBy: 'argument FILE',
    env: {},
    flags: {},
  });
  expect(stderr).toMatch(/"\/nowhere\.json" +argument FILE +a file that can be read/);
});
