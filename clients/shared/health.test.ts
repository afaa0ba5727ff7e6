import { describe, expect, test } from 'vitest';
import { parseHealth } from './health.ts';

describe('health', () => {
  test('is read from the body of the route', () => {
    const body = {
      status: 'degraded',
      version: '0.1.0',
      uptimeSeconds: 12,
      connections: 3,
      rooms: 2,
      store: 'failing',
      servants: { hello: 'idle.rested' },
      features: { userParameter: true, demo: true, inspector: true, inspectorOpen: true },
    };
    expect(parseHealth(body)).toEqual({
      status: 'degraded',
      version: '0.1.0',
      uptimeSeconds: 12,
      connections: 3,
      rooms: 2,
      store: 'failing',
      userParameter: true,
      demo: true,
      inspector: true,
      inspectorOpen: true,
      servants: { hello: 'idle.rested' },
    });
  });

  test('of a draining server may say no more than that', () => {
    expect(parseHealth({ status: 'draining' })).toMatchObject({
      status: 'draining',
      userParameter: false,
      demo: false,
      inspector: false,
      inspectorOpen: false,
      servants: {},
    });
  });

  test.each([undefined, null, [], { error: 'no' }])('%j is no health', (body) => {
    expect(parseHealth(body)).toBeUndefined();
  });
});
