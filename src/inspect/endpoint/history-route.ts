/** The HTTP route that downloads the recorded history of an actor as a file. */

import { jsonError, NO_PAGE } from '../../transport/common/responses.ts';
import { readBearer, refuseBearer } from '../../http/bearer.ts';
import type { Route } from '../../http/router.ts';
import type { RequestHead, TransportResponse } from '../../transport/common/transport.ts';
import { MACHINE_NAMES } from '../population/machine-names.ts';
import type { FeedAccess } from './feed-endpoint.ts';
import type { ActorAddress, ActorHistory } from '../feed/feed-protocol.ts';
import { toSequenceDiagram } from './history-diagram.ts';
import type { SecretCheck } from '../../auth/secret.ts';

const HISTORY_PATH = '/inspector/history';

export interface HistoryRouteOptions {
  readonly access: FeedAccess;
  /** Checks the token of `Authorization: Bearer TOKEN`, where one is needed. */
  readonly isRightToken: SecretCheck;
  readonly historyOf: (address: ActorAddress) => ActorHistory | undefined;
}

/** `?kind=room&id=room1&format=json`, or `format=mermaid` for a sequence diagram. Default: json. */
export function createHistoryRoute(options: HistoryRouteOptions): Route {
  return {
    methods: ['GET', 'HEAD'],
    path: HISTORY_PATH,
    handle({ request }) {
      const refused = refuse(request, options);
      if (refused !== undefined) return refused;
      const query = new URLSearchParams(request.query);
      const kind = MACHINE_NAMES.find((name) => name === query.get('kind'));
      const id = query.get('id');
      const format = FORMATS.get(query.get('format') ?? 'json');
      if (kind === undefined) return jsonError(400, `kind must be one of ${MACHINE_NAMES.join(', ')}`);
      if (id === null) return jsonError(400, 'missing parameter: id');
      if (format === undefined) return jsonError(400, `format must be ${[...FORMATS.keys()].join(' or ')}`);
      const history = options.historyOf({ kind, id });
      if (history === undefined) return jsonError(404, `nothing is known of ${kind} ${id}`);
      return {
        status: 200,
        headers: {
          'content-type': format.type,
          'content-disposition': `attachment; filename*=UTF-8''${toFileName(kind, id, format.extension)}`,
          'cache-control': 'no-store',
          ...NO_PAGE,
        },
        body: format.write(history),
      };
    },
  };
}

interface Format {
  readonly type: string;
  readonly extension: string;
  write(history: ActorHistory): string;
}

const FORMATS: ReadonlyMap<string, Format> = new Map([
  [
    'json',
    {
      type: 'application/json; charset=utf-8',
      extension: 'json',
      write: (history) => `${JSON.stringify(history, undefined, 2)}\n`,
    },
  ],
  [
    'mermaid',
    {
      type: 'text/plain; charset=utf-8',
      extension: 'mmd',
      write: toSequenceDiagram,
    },
  ],
]);

function refuse(
  request: RequestHead,
  { access, isRightToken }: HistoryRouteOptions,
): TransportResponse | undefined {
  const needed = access(request);
  if (needed === 'open') return undefined;
  if (needed !== 'token') return needed;
  if (isRightToken(readBearer(request))) return undefined;
  return refuseBearer('this needs the token of the inspector: send it as Authorization: Bearer');
}

/** Encoded as in RFC 8187: all but letters, digits, dots, dashes and underscores is percent-encoded. */
function toFileName(kind: string, id: string, extension: string): string {
  const name = `${kind}-${id}`.replaceAll(/[^\p{L}\p{N}._-]/gu, '-').slice(0, MAX_FILE_NAME);
  return `${encodeURIComponent(name.toWellFormed())}.${extension}`;
}

const MAX_FILE_NAME = 100;
