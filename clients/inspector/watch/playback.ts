/** Which moment of a log is shown: the live end, a fixed moment, or a moving one during a replay. */

import type { SeenLog } from './seen-log.ts';

/** The speeds of a replay; 1 is real time. */
export const SPEEDS = [4, 2, 1, 0.5, 0.25, 0.1, 0.02] as const;

/** The speed of a replay: `¼×`. */
export function formatSpeed(speed: number): string {
  return `${SPEED_NAMES[speed] ?? speed}×`;
}

const SPEED_NAMES: Readonly<Record<number, string>> = {
  0.5: '½',
  0.25: '¼',
  0.1: '⅒',
  0.02: '1⁄50',
};

/** A longer pause in the log is shortened to this in a replay, in milliseconds. */
export const LONGEST_IDLE_MS = 1_000;

export type Playback =
  | { readonly type: 'live' }
  | { readonly type: 'paused'; readonly position: number }
  | {
      readonly type: 'replaying';
      readonly position: number;
      /** The time since the entry at `position`, in milliseconds of the log. */
      readonly elapsedMs: number;
    };

/** The moment that is shown. */
export function positionOf(playback: Playback, log: SeenLog): number {
  return playback.type === 'live' ? log.last : playback.position;
}

/** Limits a position to those that the log has; `first - 1` is the moment before its first entry. */
export function clampPosition(position: number, log: SeenLog): number {
  return Math.min(Math.max(position, log.first - 1), log.last);
}

/**
 * Advances a replay by one frame, at most to the end of the log.
 * @param frameMs the real time since the last frame
 */
export function advance(
  { position, elapsedMs }: { readonly position: number; readonly elapsedMs: number },
  log: SeenLog,
  frameMs: number,
  speed: number,
): { readonly position: number; readonly elapsedMs: number } {
  let at = clampPosition(position, log);
  let left = elapsedMs + frameMs * speed;
  while (at < log.last) {
    const waitMs = Math.min(waitAfter(at, log), LONGEST_IDLE_MS * speed);
    if (left < waitMs) break;
    left -= waitMs;
    at += 1;
  }
  return { position: at, elapsedMs: at < log.last ? left : 0 };
}

/** The time from the entry at a position to the next one, in milliseconds. */
function waitAfter(position: number, log: SeenLog): number {
  const from = log.entryAt(position)?.at;
  const to = log.entryAt(position + 1)?.at;
  return from === undefined || to === undefined ? 0 : Math.max(0, to - from);
}
