/** The HTTP route for the history of an actor as a file. It also tells why the feed is closed. */

import type { ActorAddress } from '../../../src/inspect/feed/feed-protocol.ts';

export type HistoryFormat = 'json' | 'mermaid';

export type HistoryFile =
  | { readonly type: 'file'; readonly content: Blob; readonly name: string }
  | { readonly type: 'refused'; readonly error: string };

/** The token goes into a header, never into the URL. */
export async function fetchHistory(
  { kind, id }: ActorAddress,
  format: HistoryFormat,
  token: string | undefined,
  ask: typeof fetch = fetch,
): Promise<HistoryFile> {
  const query = new URLSearchParams({ kind, id, format });
  try {
    const response = await ask(`/inspector/history?${query.toString()}`, {
      cache: 'no-store',
      headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
    });
    if (!response.ok) return { type: 'refused', error: await readError(response) };
    return { type: 'file', content: await response.blob(), name: nameFile(kind, id, format) };
  } catch {
    return { type: 'refused', error: 'the server does not answer' };
  }
}

/** `history-room-room1.json`; characters that are a problem in file names become `_`. */
export function nameFile(kind: string, id: string, format: HistoryFormat): string {
  const safe = id.replaceAll(/[^\p{L}\p{N}.@-]/gu, '_').slice(0, 80);
  return `history-${kind}-${safe}.${format === 'json' ? 'json' : 'mmd'}`;
}

/** Has the same access rules as the feed. */
const SAME_ACCESS_AS_FEED = '/inspector/history?kind=server&id=server&format=json';
const FORBIDDEN = 403;
/** Without an answer in this time there is no reason. */
const ANSWER_WITHIN_MS = 10_000;

/** The reason why nobody may watch; undefined if watching is allowed, or without an answer. Never rejects. */
export async function readReason(ask: typeof fetch = fetch): Promise<string | undefined> {
  try {
    const signal = AbortSignal.timeout(ANSWER_WITHIN_MS);
    const response = await ask(SAME_ACCESS_AS_FEED, { cache: 'no-store', signal });
    return response.status === FORBIDDEN ? await readError(response) : undefined;
  } catch {
    return undefined;
  }
}

/** The message in the body of an error. */
async function readError(response: Response): Promise<string> {
  try {
    const body = (await response.json()) as { error?: { message?: unknown } } | null;
    const message = body?.error?.message;
    if (typeof message === 'string') return message;
  } catch {
    // Without a readable body, the status is all that is known.
  }
  return `the server answered with ${response.status}`;
}
