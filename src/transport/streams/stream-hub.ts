/** All streams of this server: by their secret names, for what their clients say, and by their topics. */

import { randomBytes } from 'node:crypto';
import { CLOSE_CODES } from '../../protocol/close-codes.ts';
import type { Emulation } from '../../protocol/command.ts';
import type { Frame, Text } from '../../protocol/text.ts';
import { PendingSends } from '../common/pending-sends.ts';
import { Topics } from '../common/topics.ts';
import type { ResponseStream } from '../common/transport.ts';
import { EncodedFrame } from './stream-format.ts';
import { StreamSocket, type NewStream, type SharedByStreams } from './stream-socket.ts';

/** Of a secret name, which is the only thing that a client shows to speak for its stream. */
const NAME_BYTES = 24;

export interface HubOptions {
  /** The name of this server, which its clients send back. It is not secret. */
  readonly node: string;
  readonly isDraining: () => boolean;
}

export class StreamHub {
  readonly node: string;
  readonly #streams = new Map<string, StreamSocket>();
  readonly #shared: SharedByStreams;

  constructor({ node, isDraining }: HubOptions) {
    this.node = node;
    this.#shared = {
      topics: new Topics(),
      // They leave when all that came in with this turn was handled, and in one chunk.
      pendingSends: new PendingSends((flush) => setImmediate(flush)),
      opened: (stream) => {
        // A response may begin long after it was asked for. A draining server has told its connections already.
        if (isDraining()) return CLOSE_CODES.shutdown;
        this.#streams.set(stream.id, stream);
        return undefined;
      },
      closed: ({ id }) => this.#streams.delete(id),
    };
  }

  /** Whether any stream is open. */
  get isInUse(): boolean {
    return this.#streams.size > 0;
  }

  /** Names a stream that will be opened. */
  newEmulation(): Emulation {
    return { session: randomBytes(NAME_BYTES).toString('base64url'), node: this.node };
  }

  /** The response of a stream, which is open when the transport opens it. */
  createStream(stream: NewStream): ResponseStream {
    return new StreamSocket(stream, this.#shared);
  }

  /** Hands a frame to the session of a stream. Returns false when there is no such stream. */
  receive(id: string, frame: string): boolean {
    const stream = this.#streams.get(id);
    stream?.received(frame);
    return stream !== undefined;
  }

  /** Sends a frame to all streams that are subscribed to a topic. */
  publish(topic: Text, frame: Frame): void {
    const subscribers = this.#shared.topics.of(topic);
    if (subscribers === undefined) return;
    const encoded = new EncodedFrame(frame);
    for (const stream of subscribers) stream.push(encoded.in(stream.format));
  }
}
