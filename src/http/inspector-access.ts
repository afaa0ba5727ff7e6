/** Who may watch the machines. What they may see and do is decided by the inspector. */

import { isForeignPage, type OriginPolicy } from '../transport/origin-policy.ts';
import type { RequestHead, TransportResponse } from '../transport/common/transport.ts';
import { asksThisMachine } from './access.ts';
import { jsonError } from '../transport/common/responses.ts';

export interface InspectorAccessOptions {
  /** Who may watch without a token. */
  readonly open: 'everybody' | 'this machine' | 'nobody';
  readonly hasToken: boolean;
  readonly allowsOrigin: OriginPolicy;
}

/** `open`: may watch; `token`: may watch with the token; or the response that refuses the request. */
export type InspectorAccess = (request: RequestHead) => 'open' | 'token' | TransportResponse;

export function createInspectorAccess({
  open,
  hasToken,
  allowsOrigin,
}: InspectorAccessOptions): InspectorAccess {
  const byToken = hasToken
    ? 'token'
    : jsonError(
        403,
        'the inspector is closed here: set inspector.token on the server, and open it with that token',
      );
  return (request) => {
    if (open === 'nobody' || (open === 'this machine' && !asksThisMachine(request))) return byToken;
    if (!isForeignPage(request, allowsOrigin)) return 'open';
    return hasToken ? 'token' : jsonError(403, 'pages of other sites may not watch without a token');
  };
}
