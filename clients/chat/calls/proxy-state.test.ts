import { expect, test } from 'vitest';
import { readProxyState } from './proxy-state.ts';

test.each([
  ['idle', 'idle'],
  ['idle.rested', 'idle'],
  ['idle.resting', 'idle'],
  ['connecting', 'connecting'],
  ['ready.circuit.closed', 'closed'],
  ['ready.circuit.open.connected', 'open'],
  ['ready.circuit.open.severed', 'open'],
  ['ready.circuit.halfOpen.inviting', 'half open'],
  ['ready.circuit.halfOpen.trying', 'half open'],
])('a proxy in %s is drawn as %s', (path, state) => {
  const reading = readProxyState(path);
  expect(reading.state).toBe(state);
  expect(reading.words).toMatch(/\.$/);
});

test('a proxy that has just failed to connect is told apart from one that nobody has called', () => {
  expect(readProxyState('idle.resting').words).not.toBe(readProxyState('idle.rested').words);
});

test.each(['stopping.finishing', 'stopped'])('a proxy in %s is drawn as none', (path) => {
  expect(readProxyState(path)).toEqual({ words: 'Proxy: stopped with the server.' });
});

test('a state of a later server is told by its name, and none in words', () => {
  expect(readProxyState('dreaming')).toEqual({ words: 'Proxy: dreaming' });
  expect(readProxyState(undefined)).toEqual({ words: 'Proxy: the server tells no state right now.' });
});
