/** A message or what is told of a member, as JSON with indents; a text is shown as it is, without quotes. */

import type { ReactNode } from 'react';
import type { FeedJson } from '../../../src/inspect/feed/feed-protocol.ts';
import { escapeControls } from '../ui/escape-controls.ts';
import { WITHHELD } from '../ui/json-rows.ts';

export function JsonData({ value }: { readonly value: FeedJson }): ReactNode {
  if (value === WITHHELD) return <span className="withheld">withheld</span>;
  if (value === '') return <span className="quiet">an empty text</span>;
  const text = typeof value === 'string' ? value : writeJson(value);
  return <pre className="json-data">{escapeControls(text)}</pre>;
}

/** Short values stay in one line. */
function writeJson(value: FeedJson): string {
  const line = JSON.stringify(value);
  return line.length <= MAX_LINE ? line : JSON.stringify(value, undefined, 2);
}

const MAX_LINE = 48;
