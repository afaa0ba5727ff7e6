import { expect, test } from 'vitest';
import { describeAccess, findWarnings } from './access-words.ts';
import { parseSettings } from './parse-settings.ts';
import type { Settings, SettingsInput } from './schema/settings.ts';

function settingsOf(input: SettingsInput): Settings {
  const parsed = parseSettings({ http: { apiKey: 'a key of 12 or more' }, ...input });
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return parsed.settings;
}

test('on loopback everything is open, and a server says so', () => {
  expect(describeAccess(settingsOf({}))).toEqual([
    expect.stringContaining('anyone may join, speak and broadcast'),
  ]);
  expect(describeAccess(settingsOf({ auth: { anonymous: false } }))).toEqual([
    expect.stringContaining('everybody who proves a name may join'),
  ]);
});

test('beyond loopback a server names the settings that open what is closed', () => {
  const closed = describeAccess(settingsOf({ host: '0.0.0.0' }));
  expect(closed).toEqual([
    expect.stringContaining('may.join'),
    expect.stringContaining('may.publish'),
    expect.stringContaining('set broadcast'),
  ]);
  const rooms = { 'chat:*': { may: { join: 'users', publish: 'members' } } } as const;
  expect(describeAccess(settingsOf({ host: '0.0.0.0', rooms, broadcast: 'users' }))).toEqual([]);
});

test('a server to which no client can connect says so, unless a function decides', () => {
  const settings = settingsOf({ auth: { anonymous: false } });
  expect(findWarnings(settings)).toEqual([expect.stringContaining('no client can connect')]);
  expect(findWarnings(settings, true)).toEqual([]);
  const withKey = settingsOf({ auth: { anonymous: false, hmacSecret: 'x'.repeat(32) } });
  expect(findWarnings(withKey)).toEqual([]);
});

test('names without proof are not obeyed beside tokens, and a server warns of them', () => {
  const settings = { line: { userParameter: true }, auth: { hmacSecret: 'x'.repeat(32) } };
  expect(findWarnings(settingsOf(settings))).toEqual([expect.stringContaining('line.userParameter')]);
  expect(findWarnings(settingsOf({ line: { userParameter: true } }))).toEqual([]);
});
