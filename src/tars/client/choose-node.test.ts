import { describe, expect, test } from 'vitest';
import { chooseByKey, hashText } from './choose-node.ts';

const nodes = ['a', 'b', 'c', 'd'].map((name) => ({ name, seed: hashText(`tcp -h ${name} -p 1`) }));
const keys = Array.from({ length: 1_000 }, (_, index) => `user-${index}`);

describe('the node of a key', () => {
  test('is the same in any order of the nodes', () => {
    for (const key of keys) {
      expect(chooseByKey(nodes.toReversed(), key)).toBe(chooseByKey(nodes, key));
    }
  });

  test('is each of them for a fair part of the keys', () => {
    for (const node of nodes) {
      const own = keys.filter((key) => chooseByKey(nodes, key) === node);
      expect(own.length).toBeGreaterThan(150);
      expect(own.length).toBeLessThan(350);
    }
  });

  test('changes for the keys of a node that goes, and for no others', () => {
    const [gone, ...left] = nodes;
    for (const key of keys) {
      const before = chooseByKey(nodes, key);
      const after = chooseByKey(left, key);
      expect(after !== before).toBe(before === gone);
    }
  });

  test('is none when there are none', () => {
    expect(chooseByKey([], 'key')).toBeUndefined();
  });
});
