import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ConfigError, type ConfigProblem } from './layer/config-error.ts';
import { loadSettings, type SettingsSources } from './load-settings.ts';
import type { Settings } from './schema/settings.ts';

let directory: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'statecast-config-'));
});
afterAll(() => {
  rmSync(directory, { recursive: true });
});

let fileCount = 0;
function writeFile(content: unknown): string {
  const text = typeof content === 'string' ? content : JSON.stringify(content);
  fileCount += 1;
  const file = join(directory, `settings-${fileCount}.json`);
  writeFileSync(file, text);
  return file;
}

function load(sources: Partial<SettingsSources>): Settings {
  return loadSettings({ env: {}, flags: {}, ...sources });
}

function problemsOf(sources: Partial<SettingsSources>): readonly ConfigProblem[] {
  try {
    load(sources);
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  return [];
}

describe('precedence', () => {
  const file = { port: 1, host: '127.0.0.1', dataDir: 'file', limits: { messageBytes: 1, rooms: 1 } };
  const env = { STATECAST_PORT: '2', STATECAST_DATA_DIR: 'env', STATECAST_LIMITS_ROOMS: '2' };

  test('is flags over environment over file over defaults', () => {
    const settings = load({ file: writeFile(file), env, flags: { port: '3' } });
    expect(settings).toMatchObject({ port: 3, dataDir: 'env', store: 'lowdb' });
  });

  test('is by single settings, not by sections', () => {
    const { limits } = load({ file: writeFile(file), env });
    expect(limits).toMatchObject({ messageBytes: 1, rooms: 2, roomNameBytes: 255 });
  });

  test('replaces lists and rooms as a whole', () => {
    const settings = load({
      file: writeFile({ allowedOrigins: ['null'], rooms: { a: { capacity: 1 } } }),
      env: { STATECAST_ALLOWED_ORIGINS: 'https://b.example', STATECAST_ROOMS: '{"b":{"capacity":2}}' },
    });
    expect(settings.allowedOrigins).toEqual(['https://b.example']);
    expect(settings.rooms).toEqual({ b: { capacity: 2 } });
  });

  test('of --config is over STATECAST_CONFIG', () => {
    const env = { STATECAST_CONFIG: writeFile({ port: 1 }) };
    expect(load({ env }).port).toBe(1);
    expect(load({ env, file: writeFile({ port: 2 }) }).port).toBe(2);
  });
});

describe('texts', () => {
  test.each([
    ['true', true],
    ['1', true],
    ['false', false],
    ['0', false],
  ])('%s is the boolean %s', (text, value) => {
    expect(load({ env: { STATECAST_PAGES: text } }).pages).toBe(value);
  });

  test.each([
    ['0.5', 0.5],
    [' 7 ', 7],
  ])('%j is the number %d', (text, value) => {
    expect(load({ env: { STATECAST_LINGER_SECONDS: text } }).lingerSeconds).toBe(value);
  });

  test.each(['', ' ', 'abc', '1e3', '0x10', '5s', '1,5', 'NaN'])('%j is no number', (text) => {
    expect(problemsOf({ env: { STATECAST_PORT: text } })).toEqual([
      {
        path: 'port',
        given: JSON.stringify(text),
        allowed: 'a whole number from 0 to 65535',
        source: 'environment STATECAST_PORT',
      },
    ]);
  });

  test.each([
    ['', []],
    ['null', ['null']],
    ['null, https://b.example ,', ['null', 'https://b.example']],
  ])('%j is the list %j', (text, value) => {
    expect(load({ env: { STATECAST_ALLOWED_ORIGINS: text } }).allowedOrigins).toEqual(value);
  });

  test('stay texts for settings that are texts', () => {
    expect(load({ flags: { dataDir: '1' } }).dataDir).toBe('1');
  });
});

describe('a problem names its source', () => {
  test('in a file', () => {
    const file = writeFile({ limits: { rooms: 0 }, colour: 'red' });
    expect(problemsOf({ file })).toMatchObject([
      { path: 'limits.rooms', given: '0', source: `file ${file}` },
      { path: 'colour', given: '(not shown)', source: `file ${file}` },
    ]);
  });

  test('in the environment, down to the item', () => {
    const env = { STATECAST_ALLOWED_ORIGINS: 'null,nonsense', STATECAST_ROOMS: '{"a*b":{}}' };
    expect(problemsOf({ env })).toMatchObject([
      { path: 'allowedOrigins[1]', given: '"nonsense"', source: 'environment STATECAST_ALLOWED_ORIGINS' },
      { path: 'rooms["a*b"]', source: 'environment STATECAST_ROOMS' },
    ]);
  });

  test('in a flag', () => {
    expect(problemsOf({ flags: { logLevel: 'loud', dataDir: '' } })).toMatchObject([
      { path: 'dataDir', source: 'flag --data-dir' },
      { path: 'log.level', given: '"loud"', source: 'flag --log-level' },
    ]);
  });

  test('when it is JSON that is none', () => {
    expect(problemsOf({ env: { STATECAST_ROOMS: '{bad' } })).toMatchObject([
      { path: 'rooms', given: '"{bad"', source: 'environment STATECAST_ROOMS' },
    ]);
  });

  test('when the host is exposed: the source is where the host was given', () => {
    const file = writeFile({ host: '0.0.0.0' });
    expect(problemsOf({ file })).toMatchObject([{ path: 'host', source: `file ${file}` }]);
    expect(problemsOf({ file, flags: { host: '::' } })).toMatchObject([
      { path: 'host', source: 'flag --host' },
    ]);
  });
});

describe('a host beyond loopback', () => {
  test('is allowed when another source has the key', () => {
    const env = { STATECAST_HTTP_API_KEY: '0123456789abcdef' };
    expect(load({ env, flags: { host: '0.0.0.0' } }).host).toBe('0.0.0.0');
  });

  test('is no problem when a later source goes back to loopback', () => {
    expect(load({ file: writeFile({ host: '0.0.0.0' }), flags: { host: '127.0.0.1' } }).host).toBe(
      '127.0.0.1',
    );
  });
});

describe('an unknown variable', () => {
  test('is a problem with a suggestion, and its value is not shown', () => {
    const env = { STATECAST_HTTP_APIKEY: '0123456789abcdef', STATECAST_MESSAGE_BYTES: '5', STATECAST_: '' };
    expect(problemsOf({ env })).toEqual([
      {
        path: '(unknown)',
        given: '(not shown)',
        allowed: 'no such variable; did you mean STATECAST_HTTP_API_KEY?',
        source: 'environment STATECAST_HTTP_APIKEY',
      },
      {
        path: '(unknown)',
        given: '(not shown)',
        allowed: 'no such variable; did you mean STATECAST_LIMITS_MESSAGE_BYTES?',
        source: 'environment STATECAST_MESSAGE_BYTES',
      },
      {
        path: '(unknown)',
        given: '(not shown)',
        allowed: 'no such variable',
        source: 'environment STATECAST_',
      },
    ]);
  });

  test('of other programs is ignored', () => {
    expect(load({ env: { PORT: '1', NODE_ENV: 'test', MY_STATECAST_PORT: '2' } }).port).toBe(8000);
  });
});

describe('a file', () => {
  test('that is not there is reported with what named it', () => {
    const file = join(directory, 'absent.json');
    expect(problemsOf({ file })).toMatchObject([
      { path: '(all)', given: JSON.stringify(file), source: 'flag --config' },
    ]);
    expect(problemsOf({ env: { STATECAST_CONFIG: file } })).toMatchObject([
      { allowed: expect.stringContaining('ENOENT'), source: 'environment STATECAST_CONFIG' },
    ]);
  });

  test('that is not JSON is reported with the place, and without quoting it', () => {
    const file = writeFile('{\n  "http": { "apiKey": "0123456789abcdef", }\n}');
    expect(problemsOf({ file })).toEqual([
      {
        path: '(all)',
        given: '(not JSON)',
        allowed: 'JSON; the first error is at line 2, column 43',
        source: `file ${file}`,
      },
    ]);
  });

  test('that is not an object is told', () => {
    expect(problemsOf({ file: writeFile(['port']) })).toMatchObject([
      { path: '(all)', allowed: 'an object of settings' },
    ]);
  });

  test('may begin with a byte order mark', () => {
    expect(load({ file: writeFile('\uFEFF{"port": 5}') }).port).toBe(5);
  });

  test('that cannot be read hides no problem of another source, and makes none up', () => {
    const env = { STATECAST_PORT: 'x', STATECAST_HOST: '0.0.0.0' };
    const problems = problemsOf({ file: writeFile('{'), env });
    expect(problems.map((problem) => problem.path)).toEqual(['(all)', 'port']);
  });
});

test('the problems of all sources are reported at once, even of a value that a later source hides', () => {
  const file = writeFile({ port: 'from file', limits: 5 });
  const env = { STATECAST_PORT: 'from env', STATECAST_PROT: '1', STATECAST_LIMITS_ROOMS: '4' };
  const problems = problemsOf({ file, env, flags: { port: 'from flag', host: '0.0.0.0' } });
  expect(problems.map(({ path, source }) => `${path} ${source}`)).toEqual([
    `port file ${file}`,
    `limits file ${file}`,
    '(unknown) environment STATECAST_PROT',
    'port environment STATECAST_PORT',
    'port flag --port',
    'host flag --host',
  ]);
});
