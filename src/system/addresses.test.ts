import { describe, expect, test } from 'vitest';
import { createAddressCheck, isAddressRule, readAddress, toAddressBlock } from './addresses.ts';

describe('a rule for addresses', () => {
  test.each(['192.0.2.1', '10.0.0.0/8', '0.0.0.0/0', '2001:db8::/32', '::1', 'loopback', 'private'])(
    'may be %s',
    (rule) => expect(isAddressRule(rule)).toBe(true),
  );

  test.each(['', 'proxy.example.com', '10.0.0.0/33', '10.0.0.0/', '10.0.0/8', '::/129', '::/x', 'toString'])(
    'may not be "%s"',
    (rule) => expect(isAddressRule(rule)).toBe(false),
  );
});

test('addresses are in networks of their own family, and in those that words name', () => {
  const isListed = createAddressCheck(['loopback', 'private', '203.0.113.0/24', '2001:db8::7']);
  const listed = ['127.0.0.1', '127.9.9.9', '::1', '10.1.2.3', '172.31.0.1', '192.168.4.4', 'fd00::1'];
  for (const address of [...listed, '203.0.113.250', '2001:db8::7']) expect(isListed(address)).toBe(true);
  for (const address of ['172.32.0.1', '203.0.114.1', '2001:db8::8', '', 'localhost'])
    expect(isListed(address)).toBe(false);
});

test('an IPv4 address of an IPv6 socket is read as IPv4, and what is no address is none', () => {
  expect(readAddress('::ffff:192.0.2.1')).toBe('192.0.2.1');
  expect(readAddress('2001:db8::1')).toBe('2001:db8::1');
  expect(readAddress('unknown')).toBeUndefined();
});

test.each([
  ['192.0.2.1', '192.0.2.1'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
  ['2001:0DB8:1:2::6', '2001:db8:1:2::/64'],
  ['2001:db8::5:6', '2001:db8:0:0::/64'],
  ['::1', '0:0:0:0::/64'],
  ['::', '0:0:0:0::/64'],
  ['fe80::1%eth0', 'fe80:0:0:0::/64'],
  ['1::2:3:4:5:6:7', '1:0:2:3::/64'],
  ['', ''],
])('%s counts as %s', (address, block) => {
  expect(toAddressBlock(address)).toBe(block);
});
