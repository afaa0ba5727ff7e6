/** Which texts are valid in `allowedOrigins`. */

export const ORIGIN_WORDS =
  'an origin as browsers send it, such as https://chat.example.com (no path, no default port), or null, or *';

/**
 * Whether a text is `*`, or an `Origin` that a browser could send. Origins are compared as a whole, so neither
 * `https://*.example.com` nor `wss://chat.example.com` would ever match: pages have other origins.
 */
export function isOriginRule(text: string): boolean {
  if (text === '*' || text === 'null') return true;
  if (!URL.canParse(text)) return false;
  const { protocol, host } = new URL(text);
  const isPage = host !== '' && !host.includes('*') && protocol !== 'ws:' && protocol !== 'wss:';
  return isPage && text === `${protocol}//${host}`;
}
