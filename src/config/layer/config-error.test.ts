import { expect, test } from 'vitest';
import { ConfigError } from './config-error.ts';

test('the error lists every problem on a line of its own, in columns', () => {
  const error = new ConfigError([
    { path: 'port', given: '"abc"', allowed: 'a number', source: 'flag --port' },
    { path: 'limits.rooms', given: '0', allowed: 'a whole number', source: 'file data.json' },
  ]);
  expect(error.message.split('\n')).toEqual([
    'the configuration has 2 problems',
    '  setting       given  from            allowed',
    '  port          "abc"  flag --port     a number',
    '  limits.rooms  0      file data.json  a whole number',
  ]);
});

test('without sources there is no column for them', () => {
  const error = new ConfigError([{ path: 'port', given: '-1', allowed: 'a number' }]);
  expect(error.message).toBe(
    'the configuration has 1 problem\n  setting  given  allowed\n  port     -1     a number',
  );
});

test('the error can be told from others and carries its problems', () => {
  const problems = [{ path: 'port', given: '-1', allowed: 'a number' }];
  expect(new ConfigError(problems)).toMatchObject({ name: 'ConfigError', code: 'CONFIG_INVALID', problems });
});
