import { expect, test } from 'vitest';
import { chooseTransport } from './choose-transport.ts';
import { createInMemoryTransport } from './in-memory.ts';
import { createUwsTransport } from './uws.ts';
import type { LoadedUws, Uws } from './uws/load.ts';
import { createWsTransport } from './ws.ts';

const missing = (): LoadedUws => ({ why: 'it is not installed' });
const present = (): LoadedUws => ({ uws: {} as Uws, isOld: false });
const old = (): LoadedUws => ({ uws: {} as Uws, isOld: true });

test('auto takes uWebSockets.js on loopback', () => {
  const chosen = { create: createUwsTransport, name: 'uws', reason: undefined };
  expect(chooseTransport('auto', '127.0.0.1', present)).toEqual(chosen);
  expect(chooseTransport('auto', 'localhost', old)).toEqual(chosen);
});

test('auto takes ws where uWebSockets.js does not load, and says why', () => {
  expect(chooseTransport('auto', '127.0.0.1', missing)).toEqual({
    create: createWsTransport,
    name: 'ws',
    reason: 'uWebSockets.js is not used: it is not installed.',
  });
});

test('auto takes ws beyond loopback, because of what the HTTP parser of uWebSockets.js refuses', () => {
  expect(chooseTransport('auto', '0.0.0.0', present)).toMatchObject({
    name: 'ws',
    reason: expect.stringContaining('HTTP/1.0'),
  });
  expect(chooseTransport('auto', '0.0.0.0', old)).toMatchObject({
    name: 'ws',
    reason: expect.stringContaining('first line comes in two packets'),
  });
});

test('what is asked for is taken, or refused with the reason', () => {
  expect(chooseTransport('uws', '0.0.0.0', old)).toMatchObject({ name: 'uws', reason: undefined });
  expect(chooseTransport('ws', '127.0.0.1', present)).toMatchObject({ name: 'ws', reason: undefined });
  expect(() => chooseTransport('uws', '127.0.0.1', missing)).toThrow(
    'uWebSockets.js cannot be used: it is not installed; set transport to "auto" or "ws"',
  );
});

test('a transport of the library is taken as it is', () => {
  const { create } = createInMemoryTransport();
  expect(chooseTransport(create, '0.0.0.0', missing)).toEqual({ create, name: 'custom', reason: undefined });
});
