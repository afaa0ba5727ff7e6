import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { ConfigError } from '../../config/layer/config-error.ts';
import type { SettingsInput } from '../../config/schema/settings.ts';
import { RemoteError } from './remote-error.ts';
import { findServer } from './server-address.ts';

const KEY = '0123456789abcdef';

function writeSettings(settings: SettingsInput): string {
  const directory = mkdtempSync(join(tmpdir(), 'address-'));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  const file = join(directory, 'settings.json');
  writeFileSync(file, JSON.stringify(settings));
  return file;
}

test('without anything, it is the server of the defaults', () => {
  expect(findServer({}, {})).toEqual({ url: 'http://127.0.0.1:8000/', key: undefined });
});

test('address and key come from the settings', () => {
  const config = writeSettings({ host: '0.0.0.0', port: 9000, http: { apiKey: KEY } });
  expect(findServer({ config }, {})).toEqual({ url: 'http://127.0.0.1:9000/', key: KEY });
  expect(findServer({}, { STATECAST_CONFIG: config, STATECAST_PORT: '9001' })).toEqual({
    url: 'http://127.0.0.1:9001/',
    key: KEY,
  });
});

test('without a key for all, the first of several is taken', () => {
  const config = writeSettings({ http: { apiKeys: [{ name: 'billing', key: KEY }] } });
  expect(findServer({ config }, {}).key).toBe(KEY);
});

test('of an address beyond all, the loopback one is taken, also of IPv6', () => {
  const config = writeSettings({ host: '::', http: { apiKey: KEY } });
  expect(findServer({ config }, {}).url).toBe('http://[::1]:8000/');
});

test('the environment wins over the settings, and a flag over both', () => {
  const config = writeSettings({ http: { apiKey: KEY } });
  const env = { STATECAST_URL: 'https://rooms.example/live', STATECAST_HTTP_API_KEY: 'of the environment' };
  expect(findServer({ config }, env)).toEqual({
    url: 'https://rooms.example/live/',
    key: 'of the environment',
  });
  expect(findServer({ config, url: 'http://a:1//', key: 'of a flag' }, env)).toEqual({
    url: 'http://a:1/',
    key: 'of a flag',
  });
});

test('the key of a file goes to another address only if the file is named beside it', () => {
  const config = writeSettings({ http: { apiKey: KEY } });
  const url = 'http://other.example';
  expect(findServer({ url }, { STATECAST_CONFIG: config }).key).toBeUndefined();
  expect(findServer({ url, config }, {}).key).toBe(KEY);
});

test('wrong settings are told only where they are needed', () => {
  const env = { STATECAST_PORT: 'x' };
  expect(() => findServer({}, env)).toThrow(ConfigError);
  expect(findServer({ url: 'http://a' }, env).url).toBe('http://a/');
});

test.each(['localhost:8000', 'ws://127.0.0.1:8000', 'here', '', 'http://', 'http://me:secret@here'])(
  'the address %j is refused, with what to give',
  (url) => {
    expect(() => findServer({ url }, {})).toThrow(RemoteError);
  },
);

test.each(['a key with a line end\n', 'a key in \u20ac'])('the key %j is refused, and not shown', (key) => {
  const find = () => findServer({ url: 'http://a', key }, {});
  expect(find).toThrow(RemoteError);
  expect(find).not.toThrow(/a key/);
});
