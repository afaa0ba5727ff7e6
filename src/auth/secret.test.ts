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

test('a wrong one is told, but none at all is not, and not where there is no right one', () => {
  let wrong = 0;
  const tell = (): void => void (wrong += 1);
  const isRight = createSecretCheck('a secret of some length', tell);
  for (const given of ['a secret of some length', undefined]) isRight(given);
  expect(wrong).toBe(0);
  for (const given of ['', 'another']) isRight(given);
  expect(wrong).toBe(2);
  createSecretCheck(undefined, tell)('another');
  expect(wrong).toBe(2);
});
