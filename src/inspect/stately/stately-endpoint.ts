/**
 * The WebSocket endpoint of Stately's inspectors, at `/inspector/stately`; `createWebSocketReceiver` of
 * `@statelyai/inspect` connects to it. They send no requests, so the query tells what they see: `?room=NAME` a room and
 * all that belongs to it, `?connection=ID` a connection and its memberships. Without a query they see the server and
 * its first rooms.
 */

import { jsonError } from '../../transport/common/responses.ts';
import type { SocketSession } from '../../transport/socket-session.ts';
import type { RequestHead, TransportResponse, UpgradeOutcome } from '../../transport/common/transport.ts';
import type { FeedAccess, InspectorEndpoint } from '../endpoint/feed-endpoint.ts';
import type { SecretCheck } from '../../auth/secret.ts';
import type { InspectorSession } from '../endpoint/inspector-session.ts';
import { findActor, type Population } from '../population/population.ts';
import { StatelySession, type StatelySessionInput, type StatelyView } from './stately-session.ts';

const STATELY_PATH = '/inspector/stately';

/** At most so many inspectors are open at a time. */
const MAX_SOCKETS = 4;
/** How many rooms are shown without a query: the oldest ones. */
const MAX_ROOMS = 5;

export interface StatelyEndpointOptions extends Pick<StatelySessionInput, 'answers' | 'now' | 'onError'> {
  /** What a request needs: nothing more, the token as `token` in the query, or it is refused. */
  readonly access: FeedAccess;
  readonly isRightToken: SecretCheck;
  readonly population: Population;
}

export function createStatelyEndpoint(options: StatelyEndpointOptions): InspectorEndpoint {
  const { access, isRightToken, population, answers, now, onError } = options;
  const sessions = new Set<InspectorSession>();

  function upgrade(request: RequestHead): UpgradeOutcome<SocketSession> | undefined {
    if (request.path !== STATELY_PATH) return undefined;
    const query = new URLSearchParams(request.query);
    const needed = access(request);
    if (typeof needed === 'object') return refuse(needed);
    if (needed === 'token' && !isRightToken(query.get('token') ?? undefined))
      return refuse(jsonError(401, 'this needs the token of the inspector, as token in the query'));
    if (sessions.size >= MAX_SOCKETS)
      return refuse(jsonError(503, `${MAX_SOCKETS} inspectors are open already`));
    const views = chooseViews(query, population);
    if (!Array.isArray(views)) return refuse(views);
    const session = new StatelySession({
      views,
      answers,
      now,
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

function chooseViews(query: URLSearchParams, population: Population): StatelyView[] | TransportResponse {
  for (const kind of ['room', 'connection'] as const) {
    const id = query.get(kind);
    if (id === null) continue;
    const target = { kind, id };
    if (findActor(population, target) === undefined) return jsonError(404, `there is no ${kind} ${id}`);
    return [{ target, related: true }];
  }
  const views: StatelyView[] = [{ target: { kind: 'server', id: 'server' }, related: false }];
  for (const id of population.directory.rooms.keys()) {
    if (views.length > MAX_ROOMS) break;
    views.push({ target: { kind: 'room', id }, related: false });
  }
  return views;
}

function refuse(response: TransportResponse): UpgradeOutcome<SocketSession> {
  return { accept: false, response };
}
