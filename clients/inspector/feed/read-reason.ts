/** Asks why the server opens no socket: the answer to a handshake, which a page does not see. */

import { readError } from './history-file.ts';

/** Lies behind the same door as the feed. */
const BESIDE_THE_FEED = '/inspector/history?kind=server&id=server&format=json';
const FORBIDDEN = 403;
/** Who does not answer in this time tells no reason. */
const ANSWER_WITHIN_MS = 10_000;

/** What the server says if it lets nobody in; undefined if it would, or is not there. Does not reject. */
export async function readReason(ask: typeof fetch = fetch): Promise<string | undefined> {
  try {
    const signal = AbortSignal.timeout(ANSWER_WITHIN_MS);
    const response = await ask(BESIDE_THE_FEED, { cache: 'no-store', signal });
    return response.status === FORBIDDEN ? await readError(response) : undefined;
  } catch {
    return undefined;
  }
}
