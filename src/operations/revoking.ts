/** What the owner of a server does about tokens and users that are not believed any more. */

import type { Answer } from '../actors/room/ports.ts';
import type { Order, RevokeOrder } from '../broker/control/control.ts';
import { createRefusal, type Refusal } from '../protocol/errors.ts';
import type { Revoked } from '../storage/revocations/revocation-store.ts';
import type { Clock } from '../system/clock.ts';
import type { AllNodes } from './all-nodes.ts';
import { bad } from './answers.ts';
import type { Done, Found, Operations, RevokeRequest } from './operations.ts';
import type { Revocations } from './revocations.ts';

/** Longest id of a token and longest name of a user, in characters. */
const MAX_NAME_LENGTH = 255;
/** How long the id of a token is remembered: no token should be valid for longer. */
const TOKEN_MS = 10 * 365 * 24 * 60 * 60 * 1000;

const DONE: Done = {};
const UNWRITTEN = createRefusal(
  'internal',
  'it holds from now on, but could not be stored yet, which is tried again every second',
);

export interface RevokingInput {
  readonly nodes: Pick<AllNodes, 'order'>;
  readonly clock: Pick<Clock, 'now'>;
  readonly revocations: Revocations;
}

export function createRevoking({
  nodes,
  clock,
  revocations,
}: RevokingInput): Pick<Operations, 'revoke' | 'unrevoke' | 'revocations'> {
  /** Has all nodes do it, and waits until this one has stored it. */
  function give<Value>(order: Order, toAnswer: (found: boolean) => Value): Answer<Value> {
    return nodes.order(order, async (found) => {
      try {
        await revocations.written();
      } catch {
        return { refusal: UNWRITTEN };
      }
      return toAnswer(found);
    });
  }

  return {
    revoke(what, until): Answer<Done> {
      const order = readOrder(what, until, clock.now());
      if ('error' in order) return { refusal: order };
      if (!revocations.takes(order)) {
        return {
          refusal: createRefusal('limitExceeded', 'too many tokens and users are revoked: lift some of them'),
        };
      }
      return give({ type: 'revoke', ...order }, () => DONE);
    },
    unrevoke(what): Answer<Found> {
      const named = readName(what);
      return 'error' in named
        ? { refusal: named }
        : give({ type: 'unrevoke', ...named }, (found) => ({ found }));
    },
    revocations: () => ({ revocations: revocations.list() }),
  };
}

function readOrder(what: RevokeRequest, until: number | undefined, now: number): RevokeOrder | Refusal {
  const named = readName(what);
  if ('error' in named) return named;
  if (until !== undefined && !(Number.isSafeInteger(until) && until > now)) {
    return bad('until must be a time to come');
  }
  const { issuedBefore } = what as { readonly issuedBefore?: unknown };
  if (issuedBefore !== undefined && !(Number.isSafeInteger(issuedBefore) && 'user' in named)) {
    return bad('issuedBefore goes with a user, and is a time since 1970');
  }
  if ('token' in named) return { ...named, until: until ?? now + TOKEN_MS };
  return {
    ...named,
    ...(issuedBefore !== undefined && { issuedBefore: issuedBefore as number }),
    ...(until !== undefined && { until }),
  };
}

/** An empty text is nothing. */
function readName(what: Revoked): Revoked | Refusal {
  const { token = '', user = '' } = Object(what) as { readonly token?: unknown; readonly user?: unknown };
  if (typeof token !== 'string' || typeof user !== 'string') return bad('token and user must be strings');
  if ((token === '') === (user === ''))
    return bad('say what it is about: the id of a token (jti), or a user');
  if (token.length > MAX_NAME_LENGTH || user.length > MAX_NAME_LENGTH) {
    return createRefusal('limitExceeded', `token and user have ${MAX_NAME_LENGTH} characters at most`);
  }
  return user === '' ? { token } : { user };
}
