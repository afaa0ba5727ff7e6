/** Formats the IP address of a client as text. */

import { SocketAddress } from 'node:net';

const IPV4_BYTES = 4;
const IPV6_BYTES = 16;
/** An IPv6 socket gives an IPv4 address as `::ffff:` and the four bytes. */
const MAPPED_PREFIX = '0:0:0:0:0:ffff:';

/** 4 bytes give `127.0.0.1`; 16 bytes give `::1`, or IPv4 text for an IPv4 address; any other length an empty text. */
export function formatAddress(bytes: Uint8Array): string {
  if (bytes.length === IPV4_BYTES) return bytes.join('.');
  if (bytes.length !== IPV6_BYTES) return '';
  const groups: string[] = [];
  for (let at = 0; at < IPV6_BYTES; at += 2) {
    groups.push((((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0)).toString(16));
  }
  const address = groups.join(':');
  if (address.startsWith(MAPPED_PREFIX)) return bytes.subarray(IPV6_BYTES - IPV4_BYTES).join('.');
  return new SocketAddress({ address, family: 'ipv6' }).address;
}
