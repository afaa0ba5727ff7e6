/**
 * Tells who is writing. That goes through a room of its own beside the room: in the room itself it would be kept in
 * the history, and clients of the line protocol would show it as a message.
 */

import { SubscriptionState, type Centrifuge, type ClientInfo } from 'centrifuge';
import { readName } from '../../chat/messages/said.ts';

/** How often a writer tells it at most. */
const TELL_INTERVAL_MS = 2_500;

const PREFIX = 'typing:';

export interface TypingRoom {
  join(): void;
  leave(): void;
  /** May be called at each key. */
  tell(name: string | undefined): void;
  /** The message was sent: the next key begins another one. */
  rest(): void;
}

/** A server that refuses this room has no typing indicator; nothing else changes. */
export function joinTypingRoom(
  client: Centrifuge,
  room: string,
  hear: (info: ClientInfo, name: string | undefined) => void,
): TypingRoom {
  const subscription = client.newSubscription(PREFIX + room);
  let isRecovering = false;
  let toldAt = -TELL_INTERVAL_MS;

  subscription.on('subscribed', () => {
    // Who was writing before the page came back is not writing now.
    isRecovering = true;
    queueMicrotask(() => {
      isRecovering = false;
    });
  });
  subscription.on('publication', ({ data, info }) => {
    const { typing, name } = Object(data) as Record<string, unknown>;
    if (typing === true && info !== undefined && !isRecovering) hear(info, readName(name));
  });

  return {
    join: () => subscription.subscribe(),
    leave: () => subscription.unsubscribe(),
    tell(name) {
      const now = performance.now();
      if (subscription.state !== SubscriptionState.Subscribed || now - toldAt < TELL_INTERVAL_MS) return;
      toldAt = now;
      // A lost hint costs nothing.
      subscription.publish({ typing: true, ...(name !== undefined && { name }) }).catch(() => {});
    },
    rest() {
      toldAt = -TELL_INTERVAL_MS;
    },
  };
}
