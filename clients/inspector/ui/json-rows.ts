/** A JSON object as rows of a tree, as far as it is unfolded. It knows no page. */

import type { FeedJson, FeedObject } from '../../../src/inspect/feed/feed-protocol.ts';

/** What the server puts in the place of a value that it does not show. */
export const WITHHELD = '‹withheld›';

export interface JsonRow {
  /** Names the row as long as the tree has it: the keys from the root. */
  readonly path: string;
  readonly depth: number;
  readonly name: string;
  /** `withheld`: the server does not show it. `remark`: the server's own words about what it does not show. */
  readonly kind: 'object' | 'array' | 'text' | 'number' | 'literal' | 'withheld' | 'remark';
  /** The value, or how much is in it. */
  readonly text: string;
  /** Missing for what holds nothing. */
  readonly isOpen?: boolean;
}

/** @param isOpen whether what stands at a path is unfolded */
export function toJsonRows(object: FeedObject, isOpen: (path: string, depth: number) => boolean): JsonRow[] {
  const rows: JsonRow[] = [];
  addFields(Object.entries(object), '', 0);
  return rows;

  function addFields(fields: readonly [string, FeedJson][], parent: string, depth: number): void {
    for (const [name, value] of fields) {
      const path = `${parent}/${name}`;
      const fieldsInside = childrenOf(value);
      const row = { path, depth, name, ...describe(value) };
      if (fieldsInside.length === 0) {
        rows.push(row);
        continue;
      }
      const open = isOpen(path, depth);
      rows.push({ ...row, isOpen: open });
      if (open) addFields(fieldsInside, path, depth + 1);
    }
  }
}

function childrenOf(value: FeedJson): readonly [string, FeedJson][] {
  return typeof value === 'object' && value !== null ? Object.entries(value) : [];
}

function describe(value: FeedJson): Pick<JsonRow, 'kind' | 'text'> {
  if (Array.isArray(value)) return { kind: 'array', text: value.length === 0 ? '[]' : `[${value.length}]` };
  if (value === null || typeof value === 'boolean') return { kind: 'literal', text: String(value) };
  if (typeof value === 'number') return { kind: 'number', text: String(value) };
  if (typeof value === 'object') {
    const count = Object.keys(value).length;
    return { kind: 'object', text: count === 0 ? '{}' : `{${count}}` };
  }
  if (typeof value !== 'string') throw new TypeError('JSON has no other values');
  if (value === WITHHELD) return { kind: 'withheld', text: 'withheld' };
  return /^[‹…]/.test(value)
    ? { kind: 'remark', text: value }
    : { kind: 'text', text: JSON.stringify(value) };
}
