import { expect, test } from 'vitest';
import { createSecretCheck } from './secret.ts';

test('only the very secret is right', () => {
  const isRight = createSecretCheck('a secret of some length');
  expect(isRight('a secret of some length')).toBe(true);
  for (const given of ['', 'a', 'a secret of some lengtH', 'a secret of some length ', undefined]) {
    expect(isRight(given)).toBe(false);
  }
});

test('where none is expected, none is right', () => {
  const isRight = createSecretCheck(undefined);
  for (const given of ['', 'anything', undefined]) expect(isRight(given)).toBe(false);
});
