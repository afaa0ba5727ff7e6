import { describe, expect, test } from 'vitest';
import { forgetToken, keepToken, recallToken } from './session-token.ts';
import { createStorage, forbidden } from '../testing/storage.ts';

describe('the token', () => {
  test('is kept, recalled and forgotten', () => {
    const storage = createStorage();
    expect(recallToken(() => storage)).toBeUndefined();
    keepToken('secret', () => storage);
    expect(recallToken(() => storage)).toBe('secret');
    forgetToken(() => storage);
    expect(recallToken(() => storage)).toBeUndefined();
  });

  test('is not kept where the browser forbids it, and nothing breaks', () => {
    keepToken('secret', forbidden);
    forgetToken(forbidden);
    expect(recallToken(forbidden)).toBeUndefined();
  });
});
