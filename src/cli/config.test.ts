import { expect, test } from 'vitest';
import { parseSettings } from '../config/parse-settings.ts';
import { maskSettings } from './config.ts';

test('a secret that is set is masked, and nothing else is changed', () => {
  const parsed = parseSettings({ http: { apiKey: '0123456789abcdef' }, rooms: { lobby: { capacity: 3 } } });
  if (!parsed.ok) throw new Error('the settings of this test are wrong');
  expect(maskSettings(parsed.settings)).toEqual({
    ...parsed.settings,
    http: { ...parsed.settings.http, apiKey: '(set)' },
  });
  expect(parsed.settings.http.apiKey).toBe('0123456789abcdef');
});

test('a secret that is not set does not look set', () => {
  const parsed = parseSettings({});
  if (!parsed.ok) throw new Error('the defaults are wrong');
  expect(maskSettings(parsed.settings)).toEqual(parsed.settings);
});
