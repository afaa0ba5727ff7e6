/** The key figures of actors in words. The server names them; how they are written follows from their names. */

import { formatCount, formatDuration, formatFigureName, formatTime } from '../ui/format.ts';

/** `…At` is a moment and `…Ms` a length of time, in milliseconds; everything else is a count. */
export function formatFigure(name: string, value: number): string {
  if (name.endsWith('At')) return formatTime(value);
  return name.endsWith('Ms') ? formatDuration(value) : formatCount(value);
}

/** A figure's name as words, without its unit. */
export function nameFigure(name: string): string {
  return formatFigureName(name.replace(/(?<=[a-z])(At|Ms)$/, ''));
}

/** The figures that are not zero, in a line: `members 12, away 3`. */
export function describeFigures(figures: Readonly<Record<string, number>>): string {
  return Object.entries(figures)
    .filter(([, value]) => value !== 0)
    .map(([name, value]) => `${nameFigure(name)} ${formatFigure(name, value)}`)
    .join(', ');
}
