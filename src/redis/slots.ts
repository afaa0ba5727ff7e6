/** The slots of a Redis Cluster: https://redis.io/docs/latest/operate/oss_and_stack/reference/cluster-spec/ */

import { tagOf } from './keys.ts';

const SLOTS = 16_384;
const POLYNOMIAL = 0x1021;

/** CRC16 (XMODEM) of each byte. */
const TABLE = Uint16Array.from({ length: 256 }, (_, byte) => {
  let value = byte << 8;
  for (let bit = 0; bit < 8; bit += 1)
    value = (value & 0x8000) === 0 ? value << 1 : (value << 1) ^ POLYNOMIAL;
  return value;
});

/** The slot of a key or a channel. */
export function slotOf(key: string): number {
  let value = 0;
  for (const byte of Buffer.from(tagOf(key))) {
    value = ((value << 8) ^ TABLE[((value >>> 8) ^ byte) & 0xff]!) & 0xffff;
  }
  return value % SLOTS;
}

/** A server of a cluster. */
export interface ClusterNode {
  readonly host: string;
  readonly port: number;
}

/** Which master has which slot. */
export class SlotTable {
  /** The addresses of the masters, `HOST:PORT`, by slot. */
  readonly owners: readonly (string | undefined)[];
  readonly masters: ReadonlyMap<string, ClusterNode>;

  /**
   * @param answer What `CLUSTER SLOTS` has answered.
   * @param asked The host that was asked, which may not know its own name.
   * @throws an error when no server has a slot.
   */
  constructor(answer: unknown, asked: string) {
    const owners: (string | undefined)[] = Array.from({ length: SLOTS });
    const masters = new Map<string, ClusterNode>();
    for (const [from, to, master] of answer as [number, number, [string | null, number]][]) {
      const [given, port] = master;
      const host = given === null || given === '' || given === '?' ? asked : given;
      const address = `${host}:${port}`;
      masters.set(address, { host, port });
      owners.fill(address, from, to + 1);
    }
    if (masters.size === 0) throw new Error('no server of the cluster has a slot');
    this.owners = owners;
    this.masters = masters;
  }
}
