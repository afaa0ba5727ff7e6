import { expect, test } from 'vitest';
import { suggest } from './nearest.ts';

const CANDIDATES = ['port', 'log.level', 'limits.messageBytes', 'limits.roomNameBytes', 'http.apiKey'];

test.each([
  ['prot', 'port'],
  ['limits.mesageBytes', 'limits.messageBytes'],
  ['LIMITS.MESSAGEBYTES', 'limits.messageBytes'],
  ['http.apikey', 'http.apiKey'],
])('a typing error is recognised: %s was meant to be %s', (name, meant) => {
  expect(suggest(name, CANDIDATES)).toBe(`; did you mean ${meant}?`);
});

test('a name without its section is recognised', () => {
  expect(suggest('messageBytes', CANDIDATES)).toBe('; did you mean limits.messageBytes?');
});

test('the prefix stands before the suggestion only', () => {
  expect(suggest('PROT', ['PORT', 'HOST'], 'STATECAST_')).toBe('; did you mean STATECAST_PORT?');
});

test('a name that is like none gets no suggestion', () => {
  expect(suggest('colour', CANDIDATES)).toBe('');
  expect(suggest('anything', [])).toBe('');
  expect(suggest('foo', ['log'])).toBe('');
  expect(suggest('x', ['may', 'rpc'])).toBe('');
});
