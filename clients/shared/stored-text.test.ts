import { describe, expect, test } from 'vitest';
import { createStoredText } from './stored-text.ts';
import { createStorage, forbidden } from './testing.ts';

describe('a stored text', () => {
  test('is kept, recalled and forgotten', () => {
    const storage = createStorage();
    const text = createStoredText('token', () => storage);
    expect(text.read()).toBeUndefined();
    text.write('secret');
    expect(createStoredText('token', () => storage).read()).toBe('secret');
    text.write(undefined);
    expect(text.read()).toBeUndefined();
  });

  test('is not kept where the browser forbids it, and nothing breaks', () => {
    const text = createStoredText('token', forbidden);
    text.write('secret');
    text.write(undefined);
    expect(text.read()).toBeUndefined();
  });
});
