/** Makes a message of what somebody has written. */

import type { FeedJson } from '../../../src/inspect/feed/feed-protocol.ts';

export type MessageForm = 'json' | 'text';

export type ReadMessage = { readonly data: FeedJson } | { readonly error: string };

export function readMessage(text: string, form: MessageForm): ReadMessage {
  if (form === 'text') return text === '' ? { error: 'write a message first' } : { data: text };
  if (text.trim() === '') return { error: 'write a message first' };
  try {
    return { data: JSON.parse(text) as FeedJson };
  } catch (error) {
    const words = error instanceof Error ? error.message : String(error);
    return { error: `this is not JSON: ${words}. Choose text to send it as it is` };
  }
}
