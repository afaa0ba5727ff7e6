/** What the list of messages shows, and which messages belong together. */

import type { Author } from './author.ts';

export interface MessageEntry {
  readonly type: 'message';
  readonly text: string;
  readonly own: boolean;
  /** Missing where the protocol does not tell who sent it. */
  readonly author?: Author;
  /** When it arrived; missing for a message of the past, whose time is not told. */
  readonly at?: Date;
  /** Remarks such as where it went. */
  readonly marks?: readonly string[];
  /** It went to all rooms. */
  readonly isBroadcast?: boolean;
}

export type Entry =
  | MessageEntry
  /** A remark of the page itself. */
  | { readonly type: 'note'; readonly text: string; readonly at: Date }
  /** A line between what was before and what comes after. */
  | { readonly type: 'divider'; readonly text: string };

/** After this time without a message, the next one has its author's name again. */
export const GROUP_MS = 5 * 60_000;

/** Whether a message is drawn below the one before without repeating who speaks. */
export function continuesGroup(
  before: Entry | undefined,
  { author, at, own, isBroadcast }: MessageEntry,
): boolean {
  if (before?.type !== 'message' || author === undefined) return false;
  if (before.author?.key !== author.key || before.own !== own) return false;
  if (before.isBroadcast === true || isBroadcast === true) return false;
  return (at?.getTime() ?? 0) - (before.at?.getTime() ?? at?.getTime() ?? 0) < GROUP_MS;
}
