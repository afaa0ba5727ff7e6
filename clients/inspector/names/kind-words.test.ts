import { expect, test } from 'vitest';
import { shortenId } from './kind-words.ts';

test('ids of connections are shortened wherever they stand', () => {
  const id = '1f2e3d4c-5b6a-7980-8192-a3b4c5d6e7f8';
  expect(shortenId(id)).toBe('1f2e3d4c…');
  expect(shortenId(`${id}@room1`)).toBe('1f2e3d4c…@room1');
  expect(shortenId('room1')).toBe('room1');
});
