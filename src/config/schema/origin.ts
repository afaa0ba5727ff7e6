/** Which texts can stand in `allowedOrigins`. It compares nothing with real requests. */

export const ORIGIN_WORDS =
  'an origin as browsers send it, such as https://chat.example.com (no path, no default port), or null, or *';

/**
 * Tells whether a browser could send this text as `Origin`, or it is `*`. Origins are compared as a whole, so
 * `https://*.example.com` would match nothing; nor would `wss://chat.example.com`, which no page comes from.
 */
export function isOriginRule(text: string): boolean {
  if (text === '*' || text === 'null') return true;
  if (!URL.canParse(text)) return false;
  const { protocol, host } = new URL(text);
  const isPage = host !== '' && !host.includes('*') && protocol !== 'ws:' && protocol !== 'wss:';
  return isPage && text === `${protocol}//${host}`;
}
