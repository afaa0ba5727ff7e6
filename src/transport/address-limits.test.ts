import { describe, expect, test } from 'vitest';
import { FakeClock } from '../system/clock-harness.ts';
import { AddressLimits } from './address-limits.ts';

const SECOND = 1_000;

describe('the connections of an address', () => {
  test('are bounded, each address by itself, and an IPv6 address with its network', () => {
    const limits = new AddressLimits({
      connectionsPerAddress: 2,
      handshakesPerSecond: 0,
      clock: new FakeClock(),
    });
    for (const address of ['192.0.2.1', '192.0.2.1', '2001:db8::1', '2001:db8::2']) {
      expect(limits.refuse(address)).toBeUndefined();
      limits.opened(address);
    }
    expect(limits.refuse('192.0.2.1')).toEqual({
      message: 'this address has 2 connections already',
      limit: { name: 'limits.connectionsPerAddress', value: 2, actual: 3 },
    });
    expect(limits.refuse('2001:db8::3')).toBeDefined();
    expect(limits.refuse('2001:db8:0:1::3')).toBeUndefined();
    expect(limits.refuse('192.0.2.2')).toBeUndefined();
    limits.closed('192.0.2.1');
    expect(limits.refuse('192.0.2.1')).toBeUndefined();
  });
});

describe('the handshakes of an address', () => {
  test('are bounded, and told when it may try again', () => {
    const clock = new FakeClock();
    const limits = new AddressLimits({ connectionsPerAddress: 0, handshakesPerSecond: 2, clock });
    for (let count = 0; count < 10; count += 1) expect(limits.refuse('127.0.0.1')).toBeUndefined();
    expect(limits.refuse('127.0.0.1')).toMatchObject({
      limit: { name: 'limits.handshakesPerSecond', value: 2 },
      retrySeconds: 1,
    });
    expect(limits.refuse('192.0.2.1')).toBeUndefined();
    clock.increment(SECOND);
    expect(limits.refuse('127.0.0.1')).toBeUndefined();
  });

  test('are bounded by default too, and not those of this machine', () => {
    const limits = new AddressLimits({ connectionsPerAddress: 0, clock: new FakeClock() });
    for (let count = 0; count < 1_000; count += 1) {
      expect(limits.refuse('192.0.2.1')).toBeUndefined();
      expect(limits.refuse('::1')).toBeUndefined();
    }
    expect(limits.refuse('192.0.2.1')).toBeDefined();
    expect(limits.refuse('::1')).toBeUndefined();
  });
});
