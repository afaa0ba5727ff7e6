/**
 * Which of several servers has a key, by rendezvous hashing: each key goes to the server whose number for it is the
 * highest. The order of the servers does not matter, and a further server takes only its share from each of the others.
 */

/** Returns the index of the server of a tag. `names` are the same on all nodes. */
export function createSpread(names: readonly string[]): (tag: string) => number {
  if (names.length === 1) return () => 0;
  const seeds = names.map(hash);
  return (tag) => {
    const hashed = hash(tag);
    let best = 0;
    let highest = -1;
    for (const [index, seed] of seeds.entries()) {
      const score = mix(hashed ^ seed);
      if (score > highest) {
        highest = score;
        best = index;
      }
    }
    return best;
  };
}

/** FNV-1a, over UTF-16. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) {
    value = Math.imul(value ^ text.charCodeAt(index), 0x01000193);
  }
  return mix(value);
}

/** The last steps of MurmurHash3: each bit of the result depends on all bits. From 0 up to 2³² - 1. */
function mix(given: number): number {
  let value = given;
  value = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  value = Math.imul(value ^ (value >>> 13), 0xc2b2ae35);
  return (value ^ (value >>> 16)) >>> 0;
}
