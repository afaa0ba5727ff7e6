/** What has changed between two contexts. */

import type { FeedJson, FeedObject } from '../../../src/inspect/feed/feed-protocol.ts';

export interface ChangedField {
  /** The names from the context to the field, such as `members.count`. */
  readonly path: string;
  /** As JSON; undefined where there was no such field. */
  readonly before: string | undefined;
  readonly after: string | undefined;
}

/** Fields of objects are compared one by one, lists as a whole. */
export function findChanges(before: FeedObject, after: FeedObject, path = ''): ChangedField[] {
  const names = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...names].flatMap((name) => {
    const [old, now] = [before[name], after[name]];
    const at = path === '' ? name : `${path}.${name}`;
    if (isObject(old) && isObject(now)) return findChanges(old, now, at);
    const change = { path: at, before: toText(old), after: toText(now) };
    return change.before === change.after ? [] : [change];
  });
}

function isObject(value: FeedJson | undefined): value is FeedObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function toText(value: FeedJson | undefined): string | undefined {
  return value === undefined ? undefined : JSON.stringify(value);
}
