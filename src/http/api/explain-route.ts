/** `GET /api/explain?client=…&user=…&room=…`: what went wrong in the last hour, and on what grounds. */

import * as z from 'zod';
import type { Operations } from '../../operations/operations.ts';
import { PROBLEM_KINDS } from '../../events/problem.ts';
import { ERRORS } from '../../protocol/errors.ts';
import { mendEscapes } from '../../protocol/json/well-formed.ts';
import { jsonError, jsonTextResponse } from '../../transport/common/responses.ts';
import type { TransportRequest, TransportResponse } from '../../transport/common/transport.ts';
import type { Access } from '../access.ts';
import { Caller } from '../caller.ts';
import type { Route } from '../router.ts';

export interface ExplainRouteOptions {
  readonly operations: Pick<Operations, 'problems'>;
  readonly access: Access;
}

/** What may be asked, and what of it is told where it is wrong. */
export const explainQuery = z.strictObject({
  client: z.string().min(1).exactOptional().describe('The id of a connection.'),
  user: z.string().min(1).exactOptional().describe('The name of a user.'),
  room: z.string().min(1).exactOptional().describe('The name of a room.'),
  kind: z.enum(PROBLEM_KINDS).exactOptional().describe('What kind of problem.'),
  after: z.coerce
    .number()
    .exactOptional()
    .describe('Seen at or after this date, in milliseconds since 1970.'),
  search: z.string().min(1).exactOptional().describe('The reason, a name or an id contains this.'),
  limit: z.coerce.number().int().min(1).max(1_000).default(100).describe('How many at most.'),
});

const limit = z.object({
  name: z.string().describe('The setting by its path.'),
  value: z.number().describe('What it allows.'),
  actual: z.number().optional().describe('What there was, or would have been.'),
});

/** A problem as it is told. */
export const loggedProblem = z.object({
  id: z.int().describe('Its number on its node.'),
  since: z.number().describe('When it was seen first, in milliseconds since 1970.'),
  at: z.number().describe('When it was seen last.'),
  count: z.int().describe('How often it was seen.'),
  kind: z.enum(PROBLEM_KINDS),
  reason: z.string().describe('One sentence for an operator.'),
  machine: z.string().optional().describe('The machine that decided.'),
  state: z.string().optional().describe('The path of the state in which it decided.'),
  event: z.string().optional().describe('What it was asked.'),
  guards: z
    .array(z.object({ name: z.string(), holds: z.boolean() }))
    .optional()
    .describe('The guards that were asked. The last one decided if it holds; else the state itself did.'),
  limit: limit.optional().describe('The bound that was reached.'),
  rule: z
    .object({ name: z.string(), value: z.string() })
    .optional()
    .describe('The rule that does not allow it, and whom it allows.'),
  code: z.int().optional().describe('What the client got: the code of an error, of a close, or of HTTP.'),
  client: z.string().optional(),
  user: z.string().optional(),
  room: z.string().optional(),
  address: z.string().optional(),
  handler: z.string().optional().describe('What of your code, or which part of the server.'),
  target: z.string().optional().describe('The servant, the backend or the webhook.'),
  error: z.object({ name: z.string(), message: z.string(), stack: z.string().optional() }).optional(),
});

export function createExplainRoute({ operations, access }: ExplainRouteOptions): Route {
  async function explain(request: TransportRequest): Promise<TransportResponse> {
    const caller = access.admit(request);
    if (!(caller instanceof Caller)) return caller;
    const asked = explainQuery.safeParse(Object.fromEntries(new URLSearchParams(request.query)));
    if (!asked.success) return jsonError(400, explainMistake(asked.error));
    const { limit, ...query } = asked.data;
    const refused = access.refuse(request, caller, 'explain', query.room);
    if (refused !== undefined) return refused;
    // A key for some rooms is told nothing of others.
    const { rooms } = caller;
    const answer = await operations.problems({ ...query, ...(rooms !== undefined && { rooms }) }, limit);
    if ('refusal' in answer) return jsonError(503, ERRORS[answer.refusal.error].message);
    const { problems, missing } = answer;
    const result = { problems, missing };
    return jsonTextResponse(200, mendEscapes(JSON.stringify({ result })));
  }

  return { methods: ['GET'], path: '/api/explain', handle: ({ request }) => explain(request) };
}

function explainMistake({ issues: [issue] }: z.ZodError): string {
  if (issue?.code === 'unrecognized_keys') {
    const known = Object.keys(explainQuery.shape).join(', ');
    return `unknown parameter: ${issue.keys.join(', ')}. Known are ${known}`;
  }
  return `${issue?.path.join('.')}: ${issue?.message}`;
}
