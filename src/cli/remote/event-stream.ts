/** Reads server-sent events (the type `text/event-stream`) from bytes. */

import { RemoteError } from './remote-error.ts';

export interface ServerSentEvent {
  /** `message` if the stream names none. */
  readonly event: string;
  readonly data: string;
}

/** A longer event is most likely no event. */
const MAX_EVENT_CHARACTERS = 16 * 1024 * 1024;

/**
 * Yields each event when it is complete. What the stream ends within is no event.
 * @param heard Called for every chunk of bytes, also for comments.
 * @throws {RemoteError} when an event is longer than 16 MiB.
 */
export async function* readEventStream(
  chunks: AsyncIterable<Uint8Array>,
  heard: () => void = () => undefined,
): AsyncGenerator<ServerSentEvent> {
  const decoder = new TextDecoder();
  let rest = '';
  let event = '';
  let data: string[] = [];
  let length = 0;
  for await (const chunk of chunks) {
    heard();
    rest += decoder.decode(chunk, { stream: true });
    length += chunk.length;
    if (length > MAX_EVENT_CHARACTERS) throw new RemoteError('the server sent an event of more than 16 MiB');
    // A line end of two characters may come in two chunks.
    const lines = rest.split(/\r\n|\n|\r(?!$)/);
    rest = lines.pop() ?? '';
    for (const line of lines) {
      if (line === '') {
        if (data.length > 0) yield { event: event || 'message', data: data.join('\n') };
        event = '';
        data = [];
        length = rest.length;
        continue;
      }
      const { name, value } = readField(line);
      if (name === 'event') event = value;
      else if (name === 'data') data.push(value);
    }
  }
}

/** A comment has an empty name. */
function readField(line: string): { readonly name: string; readonly value: string } {
  const colon = line.indexOf(':');
  if (colon === -1) return { name: line, value: '' };
  return { name: line.slice(0, colon), value: line.slice(colon + 1).replace(/^ /, '') };
}
