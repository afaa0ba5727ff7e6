/** Chooses the node of a servant for a route key, by rendezvous hashing. */

/** A node with a number that differs from that of other nodes. */
export interface Seeded {
  readonly seed: number;
}

/**
 * The node with the highest score for a key. When a node is lost, only its own keys move to other nodes, and they
 * move back when it returns. The order of the nodes does not matter.
 */
export function chooseByKey<Node extends Seeded>(nodes: readonly Node[], key: string): Node | undefined {
  const keyHash = hashText(key);
  let best: Node | undefined;
  let bestScore = -1;
  for (const node of nodes) {
    const score = mix(keyHash ^ node.seed);
    if (score <= bestScore) continue;
    best = node;
    bestScore = score;
  }
  return best;
}

/** FNV-1a with 32 bits over the UTF-16 units of a text. */
export function hashText(text: string): number {
  let hash = 0x81_1c_9d_c5;
  for (let index = 0; index < text.length; index++) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01_00_01_93);
  }
  return hash;
}

/** Mixes 32 bits so that similar inputs get very different results (the finaliser of MurmurHash3); 0 to 2^32 - 1. */
function mix(bits: number): number {
  let mixed = bits;
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85_eb_ca_6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2_b2_ae_35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}
