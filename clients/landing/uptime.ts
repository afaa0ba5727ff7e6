/** Tells a duration in its two largest units. */

const UNITS = [
  { name: 'd', seconds: 86_400 },
  { name: 'h', seconds: 3_600 },
  { name: 'min', seconds: 60 },
  { name: 's', seconds: 1 },
] as const;

/** Formats seconds, for instance `3 min 12 s` or `2 d 4 h`. */
export function formatUptime(uptimeSeconds: number): string {
  const total = Math.max(0, Math.floor(uptimeSeconds));
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
