/**
 * A backend that tells the room server who its users are, by a token for each. It runs on `node:http`; Express takes the
 * same function: `express().get('/token', createTokenHandler(secret))`. Start it with `npx tsx examples/token-backend.ts`
 * and open http://127.0.0.1:3000/?user=ada. The server needs the same STATECAST_AUTH_HMAC_SECRET and this origin.
 */

import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { argv, env } from 'node:process';
import { fileURLToPath } from 'node:url';
import { SignJWT } from 'jose';

export function createTokenHandler(secret: string) {
  if (secret === '') throw new Error('set STATECAST_AUTH_HMAC_SECRET to the secret of the server');
  return async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const user = userOf(request);
    if (user === null) return void response.writeHead(403).end();
    const claims = new SignJWT({ info: { name: user } }).setSubject(user).setExpirationTime('10m');
    const token = await claims.setProtectedHeader({ alg: 'HS256' }).sign(new TextEncoder().encode(secret));
    response.writeHead(200, { 'content-type': 'text/plain' }).end(token);
  };
}

/** This believes the address, for trying things out. Yours asks your session, such as `request.session.user`. */
function userOf({ url = '/' }: IncomingMessage): string | null {
  return new URL(url, 'http://localhost').searchParams.get('user');
}

export function createBackend(secret: string): Server {
  const page = readFile(new URL('chat-page.html', import.meta.url));
  const sendToken = createTokenHandler(secret);
  return createServer((request, response) => {
    if (request.url?.startsWith('/token')) void sendToken(request, response);
    else void page.then((html) => response.setHeader('content-type', 'text/html; charset=utf-8').end(html));
  });
}

if (argv[1] === fileURLToPath(import.meta.url))
  createBackend(env['STATECAST_AUTH_HMAC_SECRET'] ?? '').listen(3000);
