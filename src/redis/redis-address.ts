/** Addresses of servers of Redis. */

/** `HOST:PORT`, with the database if it is another one than 0: without user and password. */
export function addressOf(url: string): string {
  const { hostname, port, pathname } = new URL(url);
  const database = pathname.replace(/^\/0?$/, '');
  return `${hostname}:${port === '' ? 6379 : port}${database}`;
}

/** The same URL for another server. `host` is a name or an address, also one of IPv6. */
export function moveTo(url: string, host: string, port: number): string {
  const moved = new URL(url);
  moved.host = `${host.includes(':') ? `[${host}]` : host}:${port}`;
  return moved.href;
}
