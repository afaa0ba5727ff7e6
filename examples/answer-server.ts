/**
 * An answer that comes piece by piece, as a language model writes one: each run has a room, and the pieces are its
 * publications. answer-reader.ts reads it. There is no model here: `pieces` stands in for one.
 */

import { randomUUID } from 'node:crypto';
import { answer, createServer, drop, type StatecastServer } from 'statecast';

/** The pieces of an answer, one after another. It ends when the signal is aborted. */
export type Pieces = (question: string, signal: AbortSignal) => AsyncIterable<string>;

export function createAnswerServer(pieces: Pieces, port = 8000): StatecastServer {
  const runs = new Map<string, AbortController>();
  const history = { size: 10_000, ttlSeconds: 600, recover: true };
  // Who knows the name of a run may read it; the name is a secret.
  const may = { join: 'anyone', history: 'anyone', publish: 'members' } as const;

  const server = createServer({
    port,
    rooms: { 'run:*': { history, may, onMessage } },
    onCall: ({ method, data }) => (method === 'ask' ? answer({ room: start(data as string) }) : undefined),
  });
  return server;

  function onMessage({ room, data }: { room: string; data: unknown }) {
    if (data === 'cancel') runs.get(room)?.abort();
    return drop();
  }
  function start(question: string): string {
    const [room, run] = [`run:${randomUUID()}`, new AbortController()];
    runs.set(room, run);
    void publishAll(room, pieces(question, run.signal)).finally(() => runs.delete(room));
    return room;
  }
  async function publishAll(room: string, answer: AsyncIterable<string>): Promise<void> {
    for await (const piece of answer) await server.publish(room, { piece });
    await server.publish(room, { end: runs.get(room)?.signal.aborted ? 'cancelled' : 'done' });
  }
}
