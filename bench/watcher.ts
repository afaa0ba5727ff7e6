/** A client that watches an actor in the inspector, like the page. It only counts the received batches. */

import { WebSocket } from 'ws';
import type { ActorAddress, FeedMessage, FeedRequest } from '../src/inspect/feed/feed-protocol.ts';

const PATH = '/inspector/feed';
const ANSWER_MS = 5_000;

/** A room with its related actors, or the connection that joined it first, which is the sender. */
export interface Watched {
  readonly kind: 'connection' | 'room';
  readonly room: string;
}

export interface Watcher {
  /** The number of received batches. */
  batches(): number;
  close(): void;
}

/** Resolves when the actor is watched; without an actor, when the server has sent its welcome. */
export function openWatcher(port: number, watched?: Watched): Promise<Watcher> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(`ws://127.0.0.1:${port}${PATH}`, { handshakeTimeout: ANSWER_MS });
    const timer = setTimeout(() => fail(new Error('the inspector does not answer')), ANSWER_MS);
    let batches = 0;
    const say = (request: FeedRequest): void => socket.send(JSON.stringify(request));
    const watch = (actor: ActorAddress): void =>
      say({ type: 'watch', id: 2, actor, related: actor.kind === 'room' });

    socket.on('open', () => say({ type: 'hello' }));
    socket.on('error', fail);
    socket.on('message', (data) => {
      const message = JSON.parse((data as Buffer).toString()) as FeedMessage;
      switch (message.type) {
        case 'welcome':
          if (watched === undefined) succeed();
          else if (watched.kind === 'room') watch({ kind: 'room', id: watched.room });
          else say({ type: 'members', id: 1, room: watched.room, limit: 1 });
          break;
        case 'members': {
          // A membership is named CONNECTION@ROOM.
          const [connection] = message.members[0]?.id.split('@') ?? [];
          if (connection === undefined) fail(new Error('there is nobody to watch'));
          else watch({ kind: 'connection', id: connection });
          break;
        }
        case 'watching':
          succeed();
          break;
        case 'batch':
          batches += 1;
          break;
        case 'refused':
          fail(new Error(message.error));
          break;
        case 'catalogue':
        case 'chart':
        case 'done':
        case 'history':
        case 'problems':
        case 'presence':
        case 'publications':
        case 'settings':
        case 'acts':
          fail(new Error(`the inspector has sent ${message.type}, which was not requested`));
      }
    });

    function succeed(): void {
      clearTimeout(timer);
      resolve({ batches: () => batches, close: () => socket.terminate() });
    }
    function fail(error: Error): void {
      clearTimeout(timer);
      socket.terminate();
      reject(error);
    }
  });
}
