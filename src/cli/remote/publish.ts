/** The command `statecast publish`: publishes one message in a room of a running server. */

import type { Readable } from 'node:stream';
import * as z from 'zod';
import { parseExactJson, type ExactJson } from '../../protocol/json/exact-json.ts';
import type { ApiClient } from './api-client.ts';
import { toPlainJson, toPlainText } from '../../system/plain-text.ts';
import { RemoteError } from './remote-error.ts';

export interface PublishFlags {
  /** Each `name=value`. Default: none. */
  readonly tag?: readonly string[];
  readonly idempotencyKey?: string;
  /** The message is a text, even where it is JSON. Default false. */
  readonly text?: boolean;
  /** Print the result as JSON. Default false. */
  readonly json?: boolean;
}

/** The place of the message in the stream of its room; empty where it takes none. */
const published = z.looseObject({ offset: z.number().optional(), epoch: z.string().optional() });

/** More than any server takes by default. */
const MAX_INPUT_BYTES = 16 * 1024 * 1024;

/**
 * Returns what the command prints.
 * @param data JSON; anything else is a text; `-` reads `input` to its end.
 * @throws {RemoteError} when the server does not publish it.
 */
export async function runPublish(
  api: Pick<ApiClient, 'call'>,
  room: string,
  data: string,
  flags: PublishFlags,
  input: Readable,
): Promise<string> {
  const tags = readTags(flags.tag ?? []);
  const message = data === '-' ? await readAll(input) : data;
  const result = await api.call(
    'publish',
    {
      channel: room,
      data: flags.text === true ? message : readData(message),
      ...(tags !== undefined && { tags }),
      ...(flags.idempotencyKey !== undefined && { idempotency_key: flags.idempotencyKey }),
    },
    published,
  );
  if (flags.json === true) return `${toPlainJson(result)}\n`;
  const place = result.offset === undefined ? '' : `, offset ${result.offset}`;
  return `${toPlainText(`published in ${room}${place}`)}\n`;
}

/** Numbers keep their digits, so that the server and not this command judges them. */
function readData(text: string): ExactJson {
  try {
    return parseExactJson(text);
  } catch {
    return text;
  }
}

function readTags(given: readonly string[]): Readonly<Record<string, string>> | undefined {
  if (given.length === 0) return undefined;
  return Object.fromEntries(
    given.map((tag) => {
      const at = tag.indexOf('=');
      if (at < 1) throw new RemoteError(`--tag needs name=value, and not ${JSON.stringify(tag)}`);
      return [tag.slice(0, at), tag.slice(at + 1)];
    }),
  );
}

/** Without the line end that `echo` adds. */
async function readAll(input: Readable): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of input as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > MAX_INPUT_BYTES) throw new RemoteError('the message is too long: it has more than 16 MiB');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks)
    .toString('utf8')
    .replace(/\r?\n$/, '');
}
