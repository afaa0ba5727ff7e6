/** Which of a servant's nodes a call goes to. It looks at no connection beyond what it is told. */

/** Something that takes calls, and the number that tells it from the others. */
export interface Seeded {
  readonly seed: number;
}

/**
 * The node that a key belongs to: the one with the highest score for it. When a node goes, only its own keys move to
 * others, and they come back with it; the order of the nodes does not matter.
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

/** FNV-1a over the text's UTF-16 units: 32 bits. */
export function hashText(text: string): number {
  let hash = 0x81_1c_9d_c5;
  for (let index = 0; index < text.length; index++) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01_00_01_93);
  }
  return hash;
}

/** Spreads 32 bits so that neighbours end up far apart (the finaliser of MurmurHash3); from 0 to 2^32 - 1. */
function mix(bits: number): number {
  let mixed = bits;
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85_eb_ca_6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2_b2_ae_35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}
