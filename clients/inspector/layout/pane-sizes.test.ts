import { describe, expect, test } from 'vitest';
import { createStoredText } from '../../shared/stored-text.ts';
import { createStorage, forbidden } from '../../shared/testing.ts';
import { keepSizes, recallSizes } from './pane-sizes.ts';

const storedNowhere = createStoredText('panes', forbidden);

describe('the sizes of panes', () => {
  test('are recalled as they were kept', () => {
    const storage = createStorage();
    const stored = createStoredText('panes', () => storage);
    const sizes = { ...recallSizes(stored), left: 444 };
    keepSizes(sizes, stored);
    expect(recallSizes(stored)).toEqual(sizes);
  });

  test.each(['', 'null', '{', '{"left":"wide"}', '{"left":null}'])('%j is not taken for sizes', (text) => {
    const stored = { ...storedNowhere, read: () => text };
    const usual = createStoredText('panes', () => createStorage());
    expect(recallSizes(stored)).toEqual(recallSizes(usual));
  });

  test('are the usual ones where the browser forbids it', () => {
    keepSizes(recallSizes(storedNowhere), storedNowhere);
    const usual = createStoredText('panes', () => createStorage());
    expect(recallSizes(storedNowhere)).toEqual(recallSizes(usual));
  });
});
