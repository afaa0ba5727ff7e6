/**
 * `POST /api` with a command in each line, `{"method":"publish","params":{…}}`: how older server SDKs of Centrifugo send
 * several commands. Each is answered in a line of its own, in order.
 */

import { writeExactJson, type ExactJson } from '../../protocol/json/exact-json.ts';
import { failWith, type ApiMethod, type ApiOutcome, type ApiRequest } from './api-method.ts';
import { MAX_COMMANDS } from './batch.ts';
import { isObject } from './read-params.ts';

/** What stands in one line. */
export interface LineCommand {
  readonly method: string;
  readonly params: Readonly<Record<string, unknown>>;
  readonly exact: ApiRequest['exact'];
}

/** Reads one line. `parse` reads JSON, and tells what JavaScript has lost of it. */
export type ParseLine = (
  line: string,
) =>
  | { readonly params: Readonly<Record<string, unknown>>; readonly exact: ApiRequest['exact'] }
  | { readonly undecodable: string };

export function readLines(
  text: string,
  parse: ParseLine,
): readonly LineCommand[] | { readonly undecodable: string } {
  const commands: LineCommand[] = [];
  for (const line of text.split('\n')) {
    if (line.trim() === '') continue;
    if (commands.length === MAX_COMMANDS)
      return { undecodable: `a request has ${MAX_COMMANDS} commands at most` };
    const read = parse(line);
    if ('undecodable' in read) return read;
    const { method, params = {} } = read.params;
    if (typeof method !== 'string' || !isObject(params)) {
      return { undecodable: 'each line must be {"method":"publish","params":{…}}' };
    }
    commands.push({ method, params, exact: read.exact?.['params'] as ApiRequest['exact'] });
  }
  return commands.length === 0 ? { undecodable: 'the body has no command' } : commands;
}

/** Does the commands one after another. Returns the lines of the answer. */
export async function answerLines(
  commands: readonly LineCommand[],
  methods: ReadonlyMap<string, ApiMethod>,
  request: ApiRequest,
): Promise<string> {
  const lines: string[] = [];
  for (const { method: name, params, exact } of commands) {
    const method = methods.get(name);
    const outcome: ApiOutcome | { readonly undecodable: string } =
      method === undefined
        ? failWith('unknownMethod', `there is no method ${JSON.stringify(name.slice(0, MAX_NAME_LENGTH))}`)
        : await method.call(params, { ...request, exact });
    const told = 'undecodable' in outcome ? failWith('badRequest', outcome.undecodable) : outcome;
    lines.push(writeExactJson(told as unknown as ExactJson));
  }
  return lines.join('\n');
}

/** How much of a name that does not exist is told. */
const MAX_NAME_LENGTH = 100;
