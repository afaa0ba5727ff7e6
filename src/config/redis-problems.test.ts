import { expect, test } from 'vitest';
import { readEnvironment } from './environment.ts';
import { parseSettings } from './parse-settings.ts';

const URL = 'redis://:secret@r.example:6379';
const sentinels = ['10.0.0.5:26379'];

function problemsOf(redis: object): string[] {
  const parsed = parseSettings({ redis });
  return parsed.ok ? [] : parsed.problems.map(({ path, allowed }) => `${path}: ${allowed}`);
}

test.each([
  {},
  { url: URL },
  { url: [URL, 'redis://b.example'] },
  { url: 'rediss://b.example', caFile: 'ca.pem', required: true },
  { url: URL, sentinels, sentinelMaster: 'main' },
  { url: [URL, 'redis://b.example'], cluster: true },
])('%j is good', (redis) => {
  expect(problemsOf(redis)).toEqual([]);
});

test.each<[object, string]>([
  [{ url: 'http://r.example' }, 'redis.url: a URL: redis://'],
  [{ url: [] }, 'redis.url: a URL: redis://'],
  [{ url: 'redis://r.example/main' }, 'redis.url: a URL: redis://'],
  [{ url: [URL, 'r.example:6379'] }, 'redis.url[1]: a URL: redis://'],
  [{ url: [URL, URL] }, 'redis.url: different servers'],
  [{ url: [URL, 'rediss://b.example'] }, 'redis.url: redis:// for all servers'],
  [{ url: URL, caFile: 'ca.pem' }, 'redis.caFile: nothing'],
  [{ url: URL, sentinels }, 'redis.sentinelMaster: the name of the master'],
  [{ url: URL, sentinelMaster: 'main' }, 'redis.sentinelMaster: nothing'],
  [{ url: [URL, 'redis://b.example'], sentinels, sentinelMaster: 'main' }, 'redis.url: one URL'],
  [{ url: URL, sentinels, sentinelMaster: 'main', cluster: true }, 'redis.cluster: false'],
  [{ url: `${URL}/3`, cluster: true }, 'redis.url: no database but 0'],
  [{ sentinels }, 'redis.sentinels: nothing, unless redis.url is set'],
  [{ required: true }, 'redis.required: nothing, unless redis.url is set'],
  [{ url: URL, prefix: 'a{b}' }, 'redis.prefix: a text of at most 64 characters'],
  [{ url: URL, sentinels: ['10.0.0.5'], sentinelMaster: 'main' }, 'redis.sentinels[0]: an address such as'],
])('%j is not', (redis, words) => {
  expect(problemsOf(redis).map((problem) => problem.slice(0, words.length))).toContain(words);
});

test('a text of the environment is one URL, or several with commas', () => {
  const read = (text: string) => readEnvironment({ STATECAST_REDIS_URL: text });
  for (const [text, urls] of [
    [URL, [URL]],
    [`${URL}, redis://b.example`, [URL, 'redis://b.example']],
  ] as const) {
    const { input, problems } = read(text);
    expect([input, problems]).toEqual([{ redis: { url: urls } }, []]);
  }
});

test('a problem with a URL does not print its password', () => {
  const parsed = parseSettings({ redis: { url: [URL, 'http://:secret@b.example'] } });
  expect(JSON.stringify(parsed)).not.toContain('secret@');
});
