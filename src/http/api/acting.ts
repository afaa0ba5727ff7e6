/** The API's methods that change something or call functions. */

import * as z from 'zod';
import type { Operations } from '../../operations/operations.ts';
import type { ExactJson } from '../../protocol/json/exact-json.ts';
import { defineMethod, toOutcome, type ApiMethod } from './api-method.ts';
import { channel } from './fields.ts';

export function createActing(operations: Pick<Operations, 'removeHistory' | 'call'>): ApiMethod[] {
  return [
    defineMethod({
      name: 'history_remove',
      summary: 'Drops what the stream of a room keeps. Its position stays.',
      params: z.object({ channel }),
      result: z.object({}),
      example: { params: { channel: 'room1' }, result: {} },
      async run({ channel: room }) {
        return toOutcome(await operations.removeHistory(room), () => ({}));
      },
    }),
    defineMethod({
      name: 'rpc',
      summary: 'Calls a function of a TARS servant, whatever rooms allow.',
      params: z.object({
        method: z.string().min(1).describe('The servant and the function, as `hello.sayHello`.'),
        params: z.unknown().optional().describe('The arguments, an object. Numbers keep their digits.'),
      }),
      result: z.object({ data: z.unknown() }),
      example: {
        params: { method: 'hello.sayHello', params: { name: 'Ann' } },
        result: { data: { return: 0, greeting: 'Hello Ann' } },
      },
      async run({ method, params }, { exact }) {
        const args = exact?.['params'] ?? (params as ExactJson | undefined) ?? {};
        return toOutcome(await operations.call(method, args), ({ result }) => ({ data: result }));
      },
    }),
  ];
}
