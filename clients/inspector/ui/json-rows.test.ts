import { describe, expect, test } from 'vitest';
import { toJsonRows, WITHHELD } from './json-rows.ts';

const CONTEXT = {
  name: 'room1',
  offset: 7,
  muted: false,
  error: null,
  data: WITHHELD,
  more: '… 3 more',
  members: { count: 2, first: ['a', 'b'] },
  held: {},
  list: [],
};

describe('the rows of a context', () => {
  test('tell each value by its kind', () => {
    const rows = toJsonRows(CONTEXT, () => false);
    expect(rows.map(({ name, kind, text }) => [name, kind, text])).toEqual([
      ['name', 'text', '"room1"'],
      ['offset', 'number', '7'],
      ['muted', 'literal', 'false'],
      ['error', 'literal', 'null'],
      ['data', 'withheld', 'withheld'],
      ['more', 'remark', '… 3 more'],
      ['members', 'object', '{2}'],
      ['held', 'object', '{}'],
      ['list', 'array', '[]'],
    ]);
  });

  test('can be unfolded only where something is inside', () => {
    const folds = toJsonRows(CONTEXT, () => false).filter(({ isOpen }) => isOpen !== undefined);
    expect(folds.map(({ name }) => name)).toEqual(['members']);
  });

  test('go as deep as they are unfolded', () => {
    const rows = toJsonRows(CONTEXT, (path) => path === '/members');
    expect(rows.filter(({ depth }) => depth > 0).map(({ path, isOpen }) => [path, isOpen])).toEqual([
      ['/members/count', undefined],
      ['/members/first', false],
    ]);
  });
});
