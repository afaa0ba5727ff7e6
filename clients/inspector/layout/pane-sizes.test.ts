import { describe, expect, test } from 'vitest';
import { keepSizes, recallSizes } from './pane-sizes.ts';
import { createStorage, forbidden } from '../testing/storage.ts';

describe('the sizes of panes', () => {
  test('are recalled as they were kept', () => {
    const storage = createStorage();
    const sizes = { ...recallSizes(() => storage), left: 444 };
    keepSizes(sizes, () => storage);
    expect(recallSizes(() => storage)).toEqual(sizes);
  });

  test.each(['', 'null', '{', '{"left":"wide"}', '{"left":null}'])('%j is not taken for sizes', (text) => {
    const storage = { getItem: () => text };
    expect(recallSizes(() => storage)).toEqual(recallSizes(() => createStorage()));
  });

  test('are the usual ones where the browser forbids it', () => {
    keepSizes(recallSizes(forbidden), forbidden);
    expect(recallSizes(forbidden)).toEqual(recallSizes(() => createStorage()));
  });
});
