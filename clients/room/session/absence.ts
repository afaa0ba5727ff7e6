/** A time in which the page did not hear its room, as a line between the messages before and after it. */

export interface Absence {
  readonly cause: 'lost' | 'disconnected' | 'left';
  readonly from: Date;
  readonly to: Date;
}

/** What became of the messages of that time. */
export type Fate =
  /** They follow. */
  | 'recovered'
  /** There were none. */
  | 'none'
  /** The server could not tell all of them; those that it still has follow, if any. */
  | 'partial'
  /** The server keeps no messages, or does not show them. */
  | 'unknown';

/** @param formatTime hours and minutes */
export function describeAbsence(
  { cause, from, to }: Absence,
  fate: Fate,
  formatTime: (at: Date) => string,
): string {
  const [start, end] = [formatTime(from), formatTime(to)];
  return `${CAUSES[cause]} ${start === end ? start : `${start}–${end}`} · ${FATES[fate]}`;
}

const CAUSES: Readonly<Record<Absence['cause'], string>> = {
  lost: 'connection lost',
  disconnected: 'disconnected',
  left: 'out of the room',
};

const FATES: Readonly<Record<Fate, string>> = {
  recovered: 'what was missed follows',
  none: 'nothing was missed',
  partial: 'some messages may be missing',
  unknown: 'messages of that time are not shown',
};
