/**
 * `POST /api` with a command in each line, `{"method":"publish","params":{…}}`: how older server SDKs of Centrifugo send
 * commands. Each is answered in a line of its own, in order.
 */

import { failWith, type ApiFailure, type ApiRequest, type Params } from './api-method.ts';
import { MAX_COMMANDS, type Command, type CommandAnswer, type SeveralCommands } from './commands.ts';

export interface LineCommand extends Command {
  /** A number of the client, which its answer has too. 0: none. */
  readonly id: number;
}

export interface Lines extends SeveralCommands {
  readonly commands: readonly LineCommand[];
}

/** Reads one line. `parse` reads JSON, and tells what JavaScript has lost of it. */
export type ParseLine = (
  line: string,
) => { readonly params: Params; readonly exact: ApiRequest['exact'] } | { readonly undecodable: string };

/** One line that is no command makes the whole request undecodable, before anything is done. */
export function readLines(
  text: string,
  parse: ParseLine,
): Lines | ApiFailure | { readonly undecodable: string } {
  const commands: LineCommand[] = [];
  for (let start = 0; start < text.length;) {
    const found = text.indexOf('\n', start);
    const end = found === -1 ? text.length : found;
    const line = text.slice(start, end);
    start = end + 1;
    if (line.trim() === '') continue;
    if (commands.length === MAX_COMMANDS) {
      return failWith('limitExceeded', `a request has ${MAX_COMMANDS} commands at most`);
    }
    const read = parse(line);
    if ('undecodable' in read) return { undecodable: 'each line must be {"method":"publish","params":{…}}' };
    const { method, params, id } = read.params;
    if (typeof method !== 'string') return { undecodable: 'each line must have a method' };
    commands.push({
      name: method,
      params: params ?? {},
      exact: read.exact?.['params'] as ApiRequest['exact'],
      id: Number.isSafeInteger(id) && (id as number) > 0 ? (id as number) : 0,
    });
  }
  return commands.length === 0 ? { undecodable: 'the body has no command' } : { commands, isParallel: false };
}

/** There is no line break at the end: an SDK would read another answer behind it. */
export function* writeLines({ commands }: Lines, answers: readonly CommandAnswer[]): Generator<string> {
  let before = '';
  for (const [index, answer] of answers.entries()) {
    const { id = 0 } = commands[index] ?? {};
    yield `${before}{${id === 0 ? '' : `"id":${id},`}`;
    yield 'error' in answer ? `"error":${answer.error}` : `"result":${answer.result}`;
    yield '}';
    before = '\n';
  }
}
