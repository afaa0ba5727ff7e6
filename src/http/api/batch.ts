/** The API's method `batch`: several commands in one request, each answered by itself. */

import * as z from 'zod';
import type { ExactJson } from '../../protocol/json/exact-json.ts';
import { setOwn } from '../../protocol/json/own-property.ts';
import {
  failWith,
  type ApiCall,
  type ApiFailure,
  type ApiMethod,
  type ApiRequest,
  type Params,
} from './api-method.ts';
import { isObject, readParams } from './read-params.ts';

/** Most commands of a batch. */
export const MAX_COMMANDS = 1_000;

/** Commands in a row, in which the server does nothing else. */
const COMMANDS_A_TURN = 100;

/** Most channels of all `broadcast` commands of a batch together, as of one `broadcast`. */
const MAX_BATCH_CHANNELS = 10_000;

export const batchParams = z.object({
  commands: z
    .array(z.record(z.string(), z.unknown()))
    .min(1)
    .max(MAX_COMMANDS)
    .describe('Each is an object with the name of a method, and its fields: `{"publish":{…}}`.'),
  parallel: z.boolean().optional().describe('The commands need not be done one after another.'),
});

export interface BatchReplies {
  /** For each command, in order: `{"publish":{…}}` with its result, or `{"error":{…}}`. */
  readonly replies: readonly object[];
}

export interface Batch {
  readonly commands: readonly Params[];
  run(): Promise<BatchReplies>;
}

export function createBatchReader(
  byName: ReadonlyMap<string, ApiMethod>,
): (params: Params, request: ApiRequest) => Batch | ApiFailure | { readonly undecodable: string } {
  function call(command: Params, index: number, request: ApiRequest): readonly [string, ApiCall] {
    const [name, ...more] = Object.keys(command).filter((key) => byName.has(key));
    const method = name === undefined ? undefined : byName.get(name);
    if (name === undefined || method === undefined) {
      return [
        '',
        failWith('unknownMethod', `the command ${index} has no method: it must be {"publish":{…}}`),
      ];
    }
    if (more.length > 0) return ['', failWith('badRequest', `the command ${index} has more than one method`)];
    const params = command[name] ?? {};
    if (!isObject(params)) return ['', failWith('badRequest', `${name} must be an object`)];
    return [name, method.call(params, { ...request, exact: exactOf(request, index, name) })];
  }

  return (params, request) => {
    const read = readParams(batchParams, params, 'batch');
    if (!('params' in read)) return read;
    const { commands, parallel = false } = read.params;
    if (countChannels(commands) > MAX_BATCH_CHANNELS) {
      return failWith('limitExceeded', `a batch broadcasts to ${MAX_BATCH_CHANNELS} channels at most`);
    }
    return {
      commands,
      async run() {
        const replies: object[] = [];
        for (let start = 0; start < commands.length; start += COMMANDS_A_TURN) {
          if (start > 0) await nextTurn();
          const turn = commands.slice(start, start + COMMANDS_A_TURN);
          const answer = async (command: Params, index: number): Promise<object> => {
            const [name, called] = call(command, start + index, request);
            return toReply(name, await called);
          };
          if (parallel) replies.push(...(await Promise.all(turn.map(answer))));
          else for (const [index, command] of turn.entries()) replies.push(await answer(command, index));
        }
        return { replies };
      },
    };
  };
}

function countChannels(commands: readonly Params[]): number {
  let channels = 0;
  for (const { broadcast } of commands) {
    const listed = isObject(broadcast) ? broadcast['channels'] : undefined;
    if (Array.isArray(listed)) channels += listed.length;
  }
  return channels;
}

function toReply(name: string, outcome: Awaited<ApiCall>): object {
  if ('undecodable' in outcome) return failWith('badRequest', outcome.undecodable);
  if ('error' in outcome) return outcome;
  const reply = {};
  setOwn(reply, name, outcome.result);
  return reply;
}

/** The fields of one command with all digits, where the whole request has lost some. */
function exactOf({ exact }: ApiRequest, index: number, name: string): ApiRequest['exact'] {
  if (exact === undefined) return undefined;
  const commands = exact['commands'] as readonly Readonly<Record<string, ExactJson>>[] | undefined;
  return commands?.[index]?.[name] as ApiRequest['exact'];
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
