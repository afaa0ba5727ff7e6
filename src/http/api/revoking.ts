/** The API's methods about tokens and users that are not believed any more. */

import * as z from 'zod';
import type { Operations, RevokeRequest } from '../../operations/operations.ts';
import { defineMethod, failWith, toError, toOutcome, type ApiMethod } from './api-method.ts';
import { count, found, MAX_LISTED, nothing, toFound, toNothing } from './fields.ts';

const revoked = z.object({
  token: z.string().optional().describe('The id of a token: its claim `jti`.'),
  user: z.string().optional().describe('A user: all its tokens, and its name.'),
});

const revocation = z.object({
  token: z.string().optional(),
  user: z.string().optional(),
  issued_before: count.optional().describe('Seconds since 1970.'),
  until: count.optional().describe('Seconds since 1970. Absent: until it is lifted.'),
});

export function createRevoking(
  operations: Pick<Operations, 'revoke' | 'unrevoke' | 'revocations'>,
): ApiMethod[] {
  return [
    defineMethod({
      name: 'revoke',
      summary: 'Takes the belief in a token or a user away, at once and after a restart.',
      params: z.object({
        ...revoked.shape,
        issued_before: count
          .optional()
          .describe('Only tokens of the user that were made before, in seconds since 1970. Default: all.'),
        until: count
          .optional()
          .describe(
            'For how long, in seconds since 1970. Default: until it is lifted; a token for ten years.',
          ),
      }),
      result: nothing,
      example: { params: { user: 'ann', issued_before: 1_790_000_000 }, result: {} },
      async run({ token, user, issued_before: before, until = 0 }) {
        const what = {
          ...(token !== undefined && { token }),
          ...(user !== undefined && { user }),
          ...(before !== undefined && { issuedBefore: before * 1000 }),
        } as RevokeRequest;
        return toOutcome(await operations.revoke(what, until === 0 ? undefined : until * 1000), toNothing);
      },
    }),
    defineMethod({
      name: 'unrevoke',
      summary: 'Lifts a revocation.',
      params: revoked,
      result: found,
      example: { params: { user: 'ann' }, result: { found: true } },
      async run({ token, user }) {
        const what = {
          ...(token !== undefined && { token }),
          ...(user !== undefined && { user }),
        } as RevokeRequest;
        return toOutcome(await operations.unrevoke(what), toFound);
      },
    }),
    defineMethod({
      name: 'revocations',
      isLong: true,
      summary: 'Tells which tokens and users are revoked now.',
      params: z.object({}),
      result: z.object({ revocations: z.array(revocation) }),
      example: {
        params: {},
        result: { revocations: [{ user: 'ann', issued_before: 1_790_000_000 }] },
      },
      async run() {
        const answer = await operations.revocations();
        if ('refusal' in answer) return { error: toError(answer.refusal) };
        const { revocations } = answer;
        if (revocations.length > MAX_LISTED) {
          return failWith(
            'limitExceeded',
            `${revocations.length} are revoked, and an answer has ${MAX_LISTED} at most: read them by the library`,
          );
        }
        return { result: { revocations: revocations.map(toRevocation) } };
      },
    }),
  ];
}

function toRevocation(one: {
  readonly token?: string;
  readonly user?: string;
  readonly issuedBefore?: number;
  readonly until?: number;
}): z.input<typeof revocation> {
  const { token, user, issuedBefore, until } = one;
  return {
    ...(token !== undefined && { token }),
    ...(user !== undefined && { user }),
    ...(issuedBefore !== undefined && { issued_before: Math.floor(issuedBefore / 1000) }),
    ...(until !== undefined && { until: Math.floor(until / 1000) }),
  };
}
