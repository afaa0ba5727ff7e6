/** A JSON object as the rows of a tree that are visible. */

import type { FeedJson, FeedObject } from '../../../src/inspect/feed/feed-protocol.ts';
import { escapeControls } from './escape-controls.ts';

/** The server sends this instead of a value that it does not show. */
export const WITHHELD = '‹withheld›';

export interface JsonRow {
  /** Identifies the row: the keys from the root. */
  readonly path: string;
  readonly depth: number;
  readonly name: string;
  /** `withheld`: the server does not show the value. `remark`: a remark of the server about such a value. */
  readonly kind: 'object' | 'array' | 'text' | 'number' | 'literal' | 'withheld' | 'remark';
  /** The value, or the number of its entries. */
  readonly text: string;
  /** Missing for a value without entries. */
  readonly isOpen?: boolean;
}

/** @param isOpen whether the value at a path is expanded */
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
    : { kind: 'text', text: escapeControls(JSON.stringify(value)) };
}
