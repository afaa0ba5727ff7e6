import { expect, test } from 'vitest';
import { getOwn, setOwn } from './own-property.ts';

test('a name that every object knows is a name like any other', () => {
  const table: Record<string, number> = {};
  expect(['constructor', '__proto__', 'toString'].map((name) => getOwn(table, name))).toEqual([
    undefined,
    undefined,
    undefined,
  ]);
  for (const name of ['constructor', '__proto__']) setOwn(table, name, 1);
  expect(['constructor', '__proto__'].map((name) => getOwn(table, name))).toEqual([1, 1]);
  expect(JSON.stringify(table)).toBe('{"constructor":1,"__proto__":1}');
  expect(getOwn(undefined, 'room1')).toBeUndefined();
});
