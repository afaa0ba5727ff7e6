/** Durations in their two largest units. */

const UNITS = [
  { name: 'd', seconds: 86_400 },
  { name: 'h', seconds: 3_600 },
  { name: 'min', seconds: 60 },
  { name: 's', seconds: 1 },
] as const;

/** Whole seconds, for instance `3 min 12 s` or `2 d 4 h`. */
export function formatSeconds(seconds: number): string {
  const total = Math.max(0, Math.floor(seconds));
  const largest = UNITS.findIndex(({ seconds }) => total >= seconds);
  if (largest === -1) return '0 s';
  let rest = total;
  const parts: string[] = [];
  for (const { name, seconds } of UNITS.slice(largest, largest + 2)) {
    const count = Math.floor(rest / seconds);
    rest -= count * seconds;
    if (count > 0) parts.push(`${count} ${name}`);
  }
  return parts.join(' ');
}

/** The same with parts of a second: `350 ms`, `4.2 s`, `3 min 20 s`. */
export function formatDuration(ms: number): string {
  if (ms < 1_000) return `${Math.max(0, Math.round(ms))} ms`;
  return ms < 10_000 ? `${(Math.floor(ms / 100) / 10).toFixed(1)} s` : formatSeconds(ms / 1_000);
}
