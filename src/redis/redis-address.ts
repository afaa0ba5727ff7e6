/** Addresses of servers of Redis. */

/** `HOST:PORT`, with the database if it is another one than 0: without user and password. */
export function addressOf(url: string): string {
  const { hostname, port, pathname } = new URL(url);
  const database = pathname.replace(/^\/0?$/, '');
  return `${hostname}:${port === '' ? 6379 : port}${database}`;
}
