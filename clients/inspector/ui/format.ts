/** Times, numbers and key figures as the page writes them. */

import { formatDuration } from '../../shared/duration.ts';

const NUMBERS = new Intl.NumberFormat('en');

/** `12,345`. */
export function formatCount(count: number): string {
  return NUMBERS.format(count);
}

/** The time of day with milliseconds, where the reader is: `09:05:07.042`. */
export function formatTime(at: number): string {
  const date = new Date(at);
  const parts = [date.getHours(), date.getMinutes(), date.getSeconds()];
  return `${parts.map((part) => pad(part, 2)).join(':')}.${pad(date.getMilliseconds(), 3)}`;
}

/** Date and time, where the reader is: `2026-03-09 09:05:07`. */
export function formatDate(at: number): string {
  const date = new Date(at);
  const day = [pad(date.getFullYear(), 4), pad(date.getMonth() + 1, 2), pad(date.getDate(), 2)].join('-');
  return `${day} ${formatTime(at).slice(0, 8)}`;
}

/** A name as words: `inFlight` is `in flight`. */
export function toWords(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}

/** `…At` is a moment and `…Ms` a length of time, in milliseconds; everything else is a count. */
export function formatFigure(name: string, value: number): string {
  if (name.endsWith('At')) return formatTime(value);
  return name.endsWith('Ms') ? formatDuration(value) : formatCount(value);
}

/** A figure's name as words, without its unit. */
export function nameFigure(name: string): string {
  return toWords(name.replace(/(?<=[a-z])(At|Ms)$/, ''));
}

/** The figures that are not zero, in a line: `members 12, away 3`. */
export function describeFigures(figures: Readonly<Record<string, number>>): string {
  return Object.entries(figures)
    .filter(([, value]) => value !== 0)
    .map(([name, value]) => `${nameFigure(name)} ${formatFigure(name, value)}`)
    .join(', ');
}

function pad(value: number, length: number): string {
  return String(value).padStart(length, '0');
}
