/** Calls the HTTP API of a running server. It knows no command, and makes a sentence of whatever goes wrong. */

import * as z from 'zod';
import { writeExactJson, type ExactJson } from '../../protocol/json/exact-json.ts';
import { RemoteError } from './remote-error.ts';
import type { ServerAddress } from './server-address.ts';

/** How long an answer may take. */
const ANSWER_MS = 10_000;

/** Both methods reject with `RemoteError`, also when the answer has another shape: another server may listen there. */
export interface ApiClient {
  /** Calls a method of the API, and returns its result. */
  call<Result>(
    method: string,
    params: { readonly [name: string]: ExactJson },
    shape: z.ZodType<Result>,
  ): Promise<Result>;
  /** Reads a route that answers with JSON. */
  read<Result>(path: string, shape: z.ZodType<Result>): Promise<Result>;
}

const errorShape = z.object({ error: z.object({ code: z.number(), message: z.string() }) });

export function createApiClient(server: ServerAddress): ApiClient {
  async function ask(path: string, init: RequestInit): Promise<unknown> {
    const response = await request(server, path, { ...init, signal: AbortSignal.timeout(ANSWER_MS) });
    const answer = await readAnswer(server, response);
    if (!response.ok) throw refusal(server, path, response.status, answer);
    return answer;
  }
  function check<Result>(shape: z.ZodType<Result>, answer: unknown): Result {
    const checked = shape.safeParse(answer);
    if (!checked.success) throw notOurs(server, 200);
    return checked.data;
  }
  return {
    async call<Result>(
      method: string,
      params: { readonly [name: string]: ExactJson },
      shape: z.ZodType<Result>,
    ) {
      const answer = await ask(`api/${method}`, { method: 'POST', body: writeExactJson(params) });
      const refused = errorShape.safeParse(answer).data?.error;
      if (refused !== undefined)
        throw new RemoteError(`the server refused: ${refused.message} (${refused.code})`, 200);
      return check(z.object({ result: shape }), answer).result;
    },
    read: async <Result>(path: string, shape: z.ZodType<Result>) => check(shape, await ask(path, {})),
  };
}

/**
 * Opens a stream of the API. Its body is not read yet.
 * @throws {RemoteError} also when the answer is no success.
 */
export async function openApiStream(
  server: ServerAddress,
  path: string,
  signal: AbortSignal,
): Promise<ReadableStream<Uint8Array>> {
  const response = await request(server, path, { headers: { accept: 'text/event-stream' }, signal });
  if (!response.ok) throw refusal(server, path, response.status, await readAnswer(server, response));
  const type = response.headers.get('content-type') ?? '';
  if (response.body === null || !type.startsWith('text/event-stream')) {
    await response.body?.cancel();
    throw notOurs(server, response.status);
  }
  return response.body;
}

async function request({ url, key }: ServerAddress, path: string, init: RequestInit): Promise<Response> {
  const headers = {
    ...(init.headers as Record<string, string>),
    ...(key !== undefined && { 'x-api-key': key }),
  };
  try {
    // The key is for this server: it does not follow a redirect to another one.
    return await fetch(`${url}${path}`, { ...init, headers, redirect: 'manual' });
  } catch (error) {
    throw noAnswer(url, error);
  }
}

/** Undefined if it is no JSON. */
async function readAnswer({ url }: ServerAddress, response: Response): Promise<unknown> {
  let text: string;
  try {
    text = await response.text();
  } catch (error) {
    throw noAnswer(url, error);
  }
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

function noAnswer(url: string, error: unknown): RemoteError {
  const { name, message, cause } = error as Error & { cause?: { code?: string; message?: string } };
  if (name === 'TimeoutError') {
    return new RemoteError(`the server at ${url} did not answer within ${ANSWER_MS / 1000} s`, 0, error);
  }
  const where = 'say where it is with --url or STATECAST_URL';
  const code = cause?.code ?? '';
  if (code === 'ECONNREFUSED') {
    return new RemoteError(
      `no server answers at ${url}: start it with "statecast serve", or ${where}`,
      0,
      error,
    );
  }
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') {
    return new RemoteError(`the name of the server is not known: ${url}. Check it, or ${where}`, 0, error);
  }
  return new RemoteError(`the server at ${url} did not answer: ${cause?.message ?? message}`, 0, error);
}

function refusal({ url, key }: ServerAddress, path: string, status: number, answer: unknown): RemoteError {
  const error = errorShape.safeParse(answer).data?.error;
  const said = error === undefined ? '' : `: ${error.message}`;
  switch (status) {
    case 401:
      return new RemoteError(
        key === undefined
          ? `the server at ${url} wants its API key: give it with --key, STATECAST_HTTP_API_KEY, or --config FILE`
          : `the server at ${url} does not take this API key: check --key, STATECAST_HTTP_API_KEY, or http.apiKey of --config`,
        status,
      );
    case 403:
      return new RemoteError(`the server at ${url} does not allow it${said}`, status);
    case 404:
      return new RemoteError(
        error === undefined
          ? `what answers at ${url} is no Statecast server: say where it is with --url or STATECAST_URL`
          : `the server at ${url} has no ${path.replace(/\?.*/, '')}: check the path of this address. If it is right, the server is older than this command`,
        status,
      );
    case 429:
      return new RemoteError(`the server at ${url} gets too many requests: try again later`, status);
    default:
      return new RemoteError(`the server at ${url} answered with the status ${status}${said}`, status);
  }
}

function notOurs({ url }: ServerAddress, status: number): RemoteError {
  return new RemoteError(
    `what answers at ${url} is no Statecast server: say where it is with --url or STATECAST_URL`,
    status,
  );
}
