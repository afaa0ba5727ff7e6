/**
 * Several commands in one request, as a batch or as lines: how many they may be, how long their answers, and how the server
 * does other things in between.
 */

import { writeExactJson, type ExactJson } from '../../protocol/json/exact-json.ts';
import { nextTurn } from '../../system/turns.ts';
import { failWith, type ApiFailure, type ApiMethod, type ApiOutcome, type ApiRequest } from './api-method.ts';
import { RESULT_DEPTH, writeInTurns } from './long-answer.ts';
import { isObject } from './read-params.ts';

/** Most commands of a request. */
export const MAX_COMMANDS = 1_000;

/** Commands in a row, in which the server does nothing else. */
const COMMANDS_A_TURN = 100;
/** Commands at once. Each may hold a long list until it is written. */
const COMMANDS_AT_ONCE = 20;

/** Most channels of all `broadcast` commands of a request together, as of one `broadcast`. */
const MAX_CHANNELS = 10_000;

/** What all results together may take, in characters: as much as a long page of history. */
const MAX_ANSWER_LENGTH = 32 * 1024 * 1024;

/** The name of a method, and its fields. */
export interface Command {
  readonly name: string;
  readonly params: unknown;
  /** The fields with all digits, where JavaScript has lost some. */
  readonly exact: ApiRequest['exact'];
}

/** The commands of a request, and what was wrong with those that cannot be done. */
export interface SeveralCommands {
  readonly commands: readonly (Command | ApiFailure)[];
  /** They need not be done one after another. */
  readonly isParallel: boolean;
}

/** What came of a command, as JSON: its result, or an error. */
export type CommandAnswer = { readonly result: string } | { readonly error: string };

/** Why the commands are not done at all. */
export function refuseCommands(commands: SeveralCommands['commands']): ApiFailure | undefined {
  let channels = 0;
  for (const command of commands) {
    if ('error' in command || command.name !== 'broadcast' || !isObject(command.params)) continue;
    const listed = command.params['channels'];
    if (Array.isArray(listed)) channels += listed.length;
  }
  if (channels <= MAX_CHANNELS) return undefined;
  return failWith('limitExceeded', `all commands together broadcast to ${MAX_CHANNELS} channels at most`);
}

/**
 * Does the commands one after another, or some at a time. The answers are in their order. When all results together have
 * become too long, the commands that are left are refused, and those with a long result before that.
 */
export async function doCommands(
  { commands, isParallel }: SeveralCommands,
  methods: ReadonlyMap<string, ApiMethod>,
  request: ApiRequest,
): Promise<readonly CommandAnswer[]> {
  let length = 0;
  /** Long results are written one after another: together they could take much more than is allowed. */
  let writing: Promise<string | undefined> = Promise.resolve(undefined);

  /** One was too long: those after it are not even begun. */
  let isFull = false;

  async function writeLong(result: ExactJson): Promise<string | undefined> {
    const text = isFull ? undefined : await writeInTurns(result, RESULT_DEPTH, MAX_ANSWER_LENGTH - length);
    isFull = text === undefined;
    length += text?.length ?? 0;
    // The next one may take long again.
    await nextTurn();
    return text;
  }

  async function answer(command: Command | ApiFailure): Promise<CommandAnswer> {
    const method = 'error' in command ? undefined : methods.get(command.name);
    if (length > MAX_ANSWER_LENGTH || (isFull && method?.isLong === true)) return TOO_LONG;
    const outcome = await call(command, method, request);
    if ('error' in outcome) return toError(outcome);
    const result = outcome.result as ExactJson;
    if (method?.isLong === true) {
      writing = writing.then(() => writeLong(result));
      const text = await writing;
      return text === undefined ? TOO_LONG : { result: text };
    }
    const text = writeExactJson(result);
    length += text.length;
    return { result: text };
  }

  const answers: CommandAnswer[] = [];
  const step = isParallel ? COMMANDS_AT_ONCE : COMMANDS_A_TURN;
  for (let start = 0; start < commands.length; start += step) {
    if (start > 0) await nextTurn();
    const turn = commands.slice(start, start + step);
    if (isParallel) answers.push(...(await Promise.all(turn.map(answer))));
    else for (const command of turn) answers.push(await answer(command));
  }
  return answers;
}

const TOO_LONG = toError(
  failWith('limitExceeded', 'all results together are too long: ask for less at a time'),
);

function toError({ error }: ApiFailure): CommandAnswer {
  return { error: JSON.stringify(error) };
}

/** What a single request could not decode is refused like the rest: the other commands are done. */
async function call(
  command: Command | ApiFailure,
  method: ApiMethod | undefined,
  request: ApiRequest,
): Promise<ApiOutcome> {
  if ('error' in command) return command;
  const { name, params, exact } = command;
  if (method === undefined)
    return failWith('unknownMethod', `there is no method ${JSON.stringify(name.slice(0, MAX_TOLD))}`);
  if (!isObject(params)) return failWith('badRequest', `the fields of ${name} must be an object`);
  const outcome = await method.call(params, { ...request, exact });
  return 'undecodable' in outcome ? failWith('badRequest', outcome.undecodable) : outcome;
}

/** How much of a name that does not exist is told, in characters. */
const MAX_TOLD = 100;
