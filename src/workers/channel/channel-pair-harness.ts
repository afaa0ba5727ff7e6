/** Two channels that are connected by a Unix socket, as those of a primary and a worker. */

import { mkdtemp, rm } from 'node:fs/promises';
import { connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Channel } from './channel.ts';

export interface ChannelPair {
  readonly primary: Channel;
  readonly worker: Channel;
  /** The worker's end of the socket. */
  readonly workerSocket: Socket;
}

export async function connectChannels(): Promise<ChannelPair> {
  const dir = await mkdtemp(join(tmpdir(), 'statecast-channel-'));
  const path = join(dir, 'socket');
  const server = createServer();
  const accepted = new Promise<Socket>((resolve) => server.once('connection', resolve));
  await new Promise<void>((resolve) => server.listen(path, resolve));
  const workerSocket = connect(path);
  const primary = new Channel(await accepted);
  server.close();
  await rm(dir, { recursive: true });
  return { primary, worker: new Channel(workerSocket), workerSocket };
}
