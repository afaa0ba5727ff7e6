/** A backend that is asked or told by HTTP: the test decides what it answers. It ends with its test. */

import { createServer, ServerResponse, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

/** One question, with how it is answered. */
export interface HookRequest {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  /** The body as it came, and what it says. */
  readonly text: string;
  readonly body: Readonly<Record<string, unknown>>;
  readonly response: ServerResponse;
}

/** An object is answered as JSON with 200; nothing: the test answers by itself, or never. */
export type HookAnswer = object | void | Promise<object | void>;

export interface HookBackend {
  /** `http://127.0.0.1:PORT` */
  readonly url: string;
  /** In the order in which they came. */
  readonly asked: HookRequest[];
  /** The bodies of those that were asked at a path, without the id of the connection. */
  bodiesOf(path: string): object[];
  /** Stops listening and drops all connections. */
  stop(): Promise<void>;
  /** Listens again, at the same address. */
  restart(): Promise<void>;
}

/** @param ownPort Default: a free one. */
export async function startHookBackend(
  answer: (request: HookRequest) => HookAnswer,
  ownPort = 0,
): Promise<HookBackend> {
  const asked: HookRequest[] = [];
  const server = createServer((incoming, response) => {
    let text = '';
    incoming.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
    incoming.on('end', () => {
      const { url = '', headers } = incoming;
      const body = JSON.parse(text) as HookRequest['body'];
      const request = { path: url, headers, text, body, response };
      asked.push(request);
      void Promise.resolve(answer(request)).then((said) => {
        if (said === undefined || said instanceof ServerResponse) return;
        response.setHeader('content-type', 'application/json');
        response.end(JSON.stringify(said));
      });
    });
  });
  await listen(server, ownPort);
  const { port } = server.address() as AddressInfo;
  onTestFinished(() => stop(server));
  return {
    url: `http://127.0.0.1:${port}`,
    asked,
    bodiesOf: (path) =>
      asked.filter((request) => request.path === path).map(({ body }) => withoutClient(body)),
    stop: () => stop(server),
    restart: () => listen(server, port),
  };
}

/** A backend that answers each path with what stands here. */
export function startAnsweringBackend(
  answers: Readonly<Record<string, object | ((request: HookRequest) => HookAnswer)>>,
): Promise<HookBackend> {
  return startHookBackend((request) => {
    const answer = answers[request.path];
    return typeof answer === 'function' ? (answer as (request: HookRequest) => HookAnswer)(request) : answer;
  });
}

function withoutClient(body: HookRequest['body']): object {
  const rest: Record<string, unknown> = { ...body };
  delete rest['client'];
  return rest;
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve) => void server.listen(port, '127.0.0.1', resolve));
}

function stop(server: Server): Promise<void> {
  server.closeAllConnections();
  return new Promise((resolve) => void server.close(() => resolve()));
}
