/** The API's method `batch`: several commands in one request, each answered by itself. */

import * as z from 'zod';
import type { ExactJson } from '../../protocol/json/exact-json.ts';
import { failWith, type ApiFailure, type ApiMethod, type ApiRequest, type Params } from './api-method.ts';
import { MAX_COMMANDS, type Command, type CommandAnswer, type SeveralCommands } from './commands.ts';
import { readParams } from './read-params.ts';

export const batchParams = z.object({
  commands: z
    .array(z.record(z.string(), z.unknown()))
    .min(1)
    .max(MAX_COMMANDS)
    .describe('Each is an object with the name of a method, and its fields: `{"publish":{…}}`.'),
  parallel: z.boolean().optional().describe('The commands need not be done one after another.'),
});

export function readBatch(
  params: Params,
  methods: ReadonlyMap<string, ApiMethod>,
  request: ApiRequest,
): SeveralCommands | ApiFailure | { readonly undecodable: string } {
  const read = readParams(batchParams, params, 'batch');
  if (!('params' in read)) return read;
  const { commands, parallel = false } = read.params;
  return {
    commands: commands.map((command, index) => readCommand(command, index, methods, request)),
    isParallel: parallel,
  };
}

function readCommand(
  command: Params,
  index: number,
  methods: ReadonlyMap<string, ApiMethod>,
  request: ApiRequest,
): Command | ApiFailure {
  const [name, ...more] = Object.keys(command).filter((key) => methods.has(key));
  if (name === undefined) {
    return failWith('unknownMethod', `the command ${index} has no method: it must be {"publish":{…}}`);
  }
  if (more.length > 0) return failWith('badRequest', `the command ${index} has more than one method`);
  return { name, params: command[name] ?? {}, exact: exactOf(request, index, name) };
}

/** The fields of one command with all digits, where the whole request has lost some. */
function exactOf({ exact }: ApiRequest, index: number, name: string): ApiRequest['exact'] {
  if (exact === undefined) return undefined;
  const commands = exact['commands'] as readonly Readonly<Record<string, ExactJson>>[] | undefined;
  return commands?.[index]?.[name] as ApiRequest['exact'];
}

/** For each command, in order: `{"publish":{…}}` with its result, or `{"error":{…}}`. */
export function* writeReplies(
  { commands }: SeveralCommands,
  answers: readonly CommandAnswer[],
): Generator<string> {
  let before = '{"replies":[';
  for (const [index, answer] of answers.entries()) {
    const command = commands[index];
    const name = command === undefined || 'error' in command || 'error' in answer ? 'error' : command.name;
    yield `${before}{"${name}":`;
    yield 'error' in answer ? answer.error : answer.result;
    yield '}';
    before = ',';
  }
  yield ']}';
}
