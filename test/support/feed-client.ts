/** A client of the inspector's feed on a real WebSocket. It sends requests, and waits for events of watched actors. */

import { onTestFinished } from 'vitest';
import type { WebSocket } from 'ws';
import type {
  ActorAddress,
  BatchMessage,
  FeedItem,
  FeedMessage,
  FeedRequest,
  TransitionItem,
} from '../../src/inspect/feed/feed-protocol.ts';
import { openSocket, type ConnectOptions } from './open-socket.ts';

type Answer<Type extends FeedMessage['type']> = Extract<FeedMessage, { type: Type }>;
/** A request without its number. */
type Question = FeedRequest extends infer Request
  ? Request extends { readonly id: number }
    ? Omit<Request, 'id'>
    : never
  : never;

export class FeedClient {
  readonly closed: Promise<{ code: number; reason: string }>;
  /** All received frames as texts, to search in them. */
  readonly frames: string[] = [];
  readonly #socket: WebSocket;
  readonly #messages: FeedMessage[] = [];
  readonly #waiting = new Set<() => void>();
  #asked = 0;

  constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.on('message', (data) => {
      const frame = (data as Buffer).toString();
      this.frames.push(frame);
      this.#messages.push(JSON.parse(frame) as FeedMessage);
      for (const look of this.#waiting) look();
    });
    socket.on('error', () => undefined);
    this.closed = new Promise((resolve) => {
      socket.on('close', (code, reason) => resolve({ code, reason: reason.toString() }));
    });
  }

  get messages(): readonly FeedMessage[] {
    return this.#messages;
  }

  sendText(text: string): void {
    this.#socket.send(text);
  }

  /** Sends the hello, and returns the welcome or the refusal. */
  hello(token?: string): Promise<FeedMessage> {
    this.sendText(JSON.stringify({ type: 'hello', ...(token !== undefined && { token }) }));
    return this.until((messages) => messages.find(({ type }) => type === 'welcome' || type === 'refused'));
  }

  /** Sends a request, and returns the answer of any type. */
  ask(question: Question): Promise<FeedMessage> {
    this.#asked += 1;
    const id = this.#asked;
    this.sendText(JSON.stringify({ ...question, id }));
    return this.until((messages) =>
      messages.find((message) => message.type !== 'batch' && 'id' in message && message.id === id),
    );
  }

  /** Sends a request, and fails if the answer has another type. */
  async expect<Type extends FeedMessage['type']>(type: Type, question: Question): Promise<Answer<Type>> {
    const answer = await this.ask(question);
    if (answer.type !== type) throw new Error(`answered with ${JSON.stringify(answer)}`);
    return answer as Answer<Type>;
  }

  watch(actor: ActorAddress, related = false): Promise<Answer<'watching'>> {
    return this.expect('watching', { type: 'watch', actor, related });
  }

  get batches(): readonly BatchMessage[] {
    return this.#messages.filter((message) => message.type === 'batch');
  }

  get items(): readonly FeedItem[] {
    return this.batches.flatMap(({ items }) => items);
  }

  get transitions(): readonly TransitionItem[] {
    return this.items.filter((item) => item.type === 'transition');
  }

  /** Waits until something is found in the received items. */
  until<Found>(find: (messages: readonly FeedMessage[]) => Found | undefined | false): Promise<Found> {
    return new Promise((resolve, reject) => {
      const look = (): void => {
        const found = find(this.#messages);
        if (found === undefined || found === false) return;
        this.#waiting.delete(look);
        resolve(found);
      };
      this.#waiting.add(look);
      this.closed.then(
        ({ code, reason }) => reject(new Error(`the socket was closed with ${code} ${reason}`)),
        reject,
      );
      look();
    });
  }

  /** Waits for an event that a watched actor has received. */
  untilEvent(kind: ActorAddress['kind'], event: string): Promise<TransitionItem> {
    return this.until(() =>
      this.transitions.find((item) => item.actor.kind === kind && item.event.type === event),
    );
  }

  close(): void {
    this.#socket.close();
  }

  terminate(): void {
    this.#socket.terminate();
  }
}

/**
 * Opens the feed of a server without a hello. The socket is dropped after the test.
 * @throws {HandshakeRefused}
 */
export async function openFeed(url: string, options: ConnectOptions = {}): Promise<FeedClient> {
  const path = '/inspector/feed';
  const client = await openSocket(url, { path, ...options }, (socket) => new FeedClient(socket));
  onTestFinished(() => client.terminate());
  return client;
}

/** Opens the feed of a server that allows everybody to watch, and sends the hello. */
export async function watchServer(url: string): Promise<FeedClient> {
  const feed = await openFeed(url);
  await feed.hello();
  return feed;
}
