/** Times, numbers and key figures as the page writes them. */

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

/** How long something takes or took: `350 ms`, `4.2 s`, `3 min 20 s`, `2 h 5 min`, `3 d 4 h`. */
export function formatDuration(ms: number): string {
  if (ms < 1_000) return `${Math.max(0, Math.round(ms))} ms`;
  if (ms < 10_000) return `${(Math.floor(ms / 100) / 10).toFixed(1)} s`;
  const seconds = Math.floor(ms / 1_000);
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return joinUnits(minutes, 'min', seconds % 60, 's');
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return joinUnits(hours, 'h', minutes % 60, 'min');
  return joinUnits(Math.floor(hours / 24), 'd', hours % 24, 'h');
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

function joinUnits(large: number, largeUnit: string, small: number, smallUnit: string): string {
  return small === 0 ? `${large} ${largeUnit}` : `${large} ${largeUnit} ${small} ${smallUnit}`;
}

function pad(value: number, length: number): string {
  return String(value).padStart(length, '0');
}
