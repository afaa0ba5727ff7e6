/** The WebSocket endpoint of inspector pages: it checks who may connect, and how many. */

import type { Clock } from '../../system/clock.ts';
import { jsonError } from '../../transport/common/responses.ts';
import type { SocketEndpoint, SocketSession } from '../../transport/socket-session.ts';
import type { RequestHead, TransportResponse, UpgradeOutcome } from '../../transport/common/transport.ts';
import type { FeedAnswers } from './feed-answers.ts';
import { FeedSession } from './feed-session.ts';
import type { InspectorSession } from './inspector-session.ts';
import type { SecretCheck } from '../../auth/secret.ts';

const FEED_PATH = '/inspector/feed';

/** At most so many inspectors are open at a time. */
const MAX_SOCKETS = 8;

/** What an inspector's request needs: nothing more, the token, or it is refused with a response. */
export type FeedAccess = (request: RequestHead) => 'open' | 'token' | TransportResponse;

export interface FeedEndpointOptions {
  readonly access: FeedAccess;
  readonly isRightToken: SecretCheck;
  readonly answers: FeedAnswers;
  readonly clock: Pick<Clock, 'setTimeout' | 'clearTimeout'>;
  readonly onError: (error: unknown) => void;
}

export interface InspectorEndpoint extends SocketEndpoint {
  /** Closes all sockets. */
  close(): void;
}

export function createFeedEndpoint(options: FeedEndpointOptions): InspectorEndpoint {
  const { access, isRightToken, answers, clock, onError } = options;
  const sessions = new Set<InspectorSession>();

  function upgrade(request: RequestHead): UpgradeOutcome<SocketSession> | undefined {
    if (request.path !== FEED_PATH) return undefined;
    const needed = access(request);
    if (typeof needed === 'object') return { accept: false, response: needed };
    if (sessions.size >= MAX_SOCKETS) {
      const response = jsonError(503, `${MAX_SOCKETS} inspectors are open already`);
      return { accept: false, response };
    }
    const session = new FeedSession({
      answers,
      remoteAddress: request.remoteAddress,
      allows: needed === 'open' ? () => true : isRightToken,
      clock,
      onError,
      onOpened: (opened) => sessions.add(opened),
      onClosed: (closed) => sessions.delete(closed),
    });
    return { accept: true, session };
  }

  return {
    upgrade,
    close() {
      for (const session of sessions) session.shutDown();
    },
  };
}
