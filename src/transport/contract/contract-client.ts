/** The client side of the transport contract: connects to a server and reads frames. */

import type { InMemoryClient } from '../in-memory-socket.ts';
import type { Peer, RunningTransport, Server, StartServer } from './contract-server.ts';

export const KIBIBYTE = 1024;

/** So many frames of 16 KiB do not fit into the buffers of any operating system. */
export const ENDLESS = 10_000;

export async function connected(
  start: StartServer,
  options: Parameters<StartServer>[1] = {},
): Promise<RunningTransport & Server & { client: InMemoryClient; peer: Peer }> {
  const server = await start({}, options);
  return { ...server, ...(await connectTo(server)) };
}

export async function connectTo(
  server: RunningTransport & Server,
): Promise<{ client: InMemoryClient; peer: Peer }> {
  const [client, peer] = await Promise.all([server.connect(), server.peers.next()]);
  return { client, peer };
}

export async function take(client: InMemoryClient, count: number): Promise<string[]> {
  const frames: string[] = [];
  while (frames.length < count) frames.push(await client.nextFrame());
  return frames;
}

/** Pauses the client and sends numbered frames until one is queued or dropped. Returns all frames, with that one. */
export function sendUntil(status: 'queued' | 'dropped', client: InMemoryClient, { socket }: Peer): string[] {
  client.pause();
  const sent: string[] = [];
  while (sent.length < ENDLESS) {
    const frame = `${sent.length} ${'x'.repeat(16 * KIBIBYTE)}`;
    sent.push(frame);
    if (socket.send(frame) === status) return sent;
  }
  throw new Error(`no frame was ${status}`);
}
