/** Sets of IP addresses, as settings name them. */

import { BlockList, isIP } from 'node:net';

/** Names for addresses that are not reached from the internet. */
const WORDS: Readonly<Record<string, readonly string[]>> = {
  loopback: ['127.0.0.0/8', '::1/128'],
  private: ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '169.254.0.0/16', 'fc00::/7', 'fe80::/10'],
};

const BITS = { 4: 32, 6: 128 } as const;

/** An IPv4 address on an IPv6 socket has this before it. */
const MAPPED_PREFIX = /^::ffff:(?=\d+\.)/i;

interface Network {
  readonly address: string;
  readonly bits: number;
  readonly family: 'ipv4' | 'ipv6';
}

/** Whether a text is an address, a network such as `10.0.0.0/8`, or one of the words `loopback` and `private`. */
export function isAddressRule(text: string): boolean {
  return Object.hasOwn(WORDS, text) || parseNetwork(text) !== undefined;
}

/** Whether an address is in one of the networks; the rules are those that {@link isAddressRule} allows. */
export function createAddressCheck(rules: readonly string[]): (address: string) => boolean {
  const list = new BlockList();
  for (const text of rules.flatMap((rule) => WORDS[rule] ?? [rule])) {
    const network = parseNetwork(text);
    if (network !== undefined) list.addSubnet(network.address, network.bits, network.family);
  }
  return (address) => {
    const family = isIP(address);
    return family !== 0 && list.check(address, family === 4 ? 'ipv4' : 'ipv6');
  };
}

/** An IP address in the form in which sockets tell it; undefined if the text is none. */
export function readAddress(text: string): string | undefined {
  const address = text.replace(MAPPED_PREFIX, '');
  return isIP(address) === 0 ? undefined : address;
}

function parseNetwork(text: string): Network | undefined {
  const slash = text.indexOf('/');
  const address = slash === -1 ? text : text.slice(0, slash);
  const version = isIP(address);
  if (version !== 4 && version !== 6) return undefined;
  const given = slash === -1 ? String(BITS[version]) : text.slice(slash + 1);
  if (!/^\d{1,3}$/.test(given) || Number(given) > BITS[version]) return undefined;
  return { address, bits: Number(given), family: version === 4 ? 'ipv4' : 'ipv6' };
}

/** A network of this length is one customer's: whoever has an IPv6 address has very many. */
const IPV6_GROUPS = 4;

/** What counts as one client: an IPv4 address, or the first 64 bits of an IPv6 address. */
export function toAddressBlock(address: string): string {
  if (isIP(address) !== 6) return address;
  const [left = '', right] = address.split('%', 1)[0]!.split('::', 2);
  const groups = left === '' ? [] : left.split(':');
  const rest = right === undefined || right === '' ? 0 : right.split(':').length;
  if (right !== undefined) {
    const zeros = Math.max(0, 2 * IPV6_GROUPS - groups.length - rest);
    groups.push(...Array.from({ length: zeros }, () => '0'), ...(right === '' ? [] : right.split(':')));
  }
  const block = groups.slice(0, IPV6_GROUPS).map((group) => Number.parseInt(group, 16).toString(16));
  return `${block.join(':')}::/64`;
}
