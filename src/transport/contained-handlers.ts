/** Keeps what a handler throws away from the transport, where it would end the process. It knows no sockets. */

import { validateHeaderName, validateHeaderValue } from 'node:http';
import {
  RequestAbortedError,
  type RequestHead,
  type TransportHandlers,
  type TransportRequest,
  type TransportResponse,
  type UpgradeOutcome,
} from './transport.ts';

/** What a client is told when its handler threw: nothing about why. */
const INTERNAL_ERROR: TransportResponse = {
  status: 500,
  headers: { 'content-type': 'text/plain; charset=utf-8' },
  body: 'Internal Server Error',
};

/** Handlers none of which throws or rejects. */
export type ContainedHandlers<Session> = Omit<TransportHandlers<Session>, 'failed'>;

/** The same handlers: what they throw goes to `failed`. */
export function containHandlers<Session>(handlers: TransportHandlers<Session>): ContainedHandlers<Session> {
  function report(error: unknown): void {
    try {
      handlers.failed(error);
    } catch {
      // The log itself is broken: there is nobody left to tell.
    }
  }

  function contain<Args extends unknown[]>(handle: (...args: Args) => void): (...args: Args) => void {
    return (...args) => {
      try {
        handle(...args);
      } catch (error) {
        report(error);
      }
    };
  }

  function refuse(error: unknown): TransportResponse {
    if (!(error instanceof RequestAbortedError)) report(error);
    return INTERNAL_ERROR;
  }

  async function settle(answer: PromiseLike<TransportResponse>): Promise<TransportResponse> {
    try {
      return checkResponse(await answer);
    } catch (error) {
      return refuse(error);
    }
  }

  return {
    upgrade(request: RequestHead): UpgradeOutcome<Session> {
      try {
        const outcome = handlers.upgrade(request);
        if (!outcome.accept) checkResponse(outcome.response);
        return outcome;
      } catch (error) {
        return { accept: false, response: refuse(error) };
      }
    },
    open: contain((session, socket) => handlers.open(session, socket)),
    // Written out: it is called for every message.
    message(session, frame) {
      try {
        handlers.message(session, frame);
      } catch (error) {
        report(error);
      }
    },
    drain: contain((session) => handlers.drain(session)),
    overflow: contain((session) => handlers.overflow(session)),
    close: contain((session, code, reason) => handlers.close(session, code, reason)),
    request(request: TransportRequest) {
      try {
        const answer = handlers.request(request);
        return 'then' in answer ? settle(answer) : checkResponse(answer);
      } catch (error) {
        return refuse(error);
      }
    },
  };
}

/** A status that is none, or a line break in a header, would garble the connection: it is a bug of the handler. */
function checkResponse(response: TransportResponse): TransportResponse {
  const { status, headers } = response;
  if (!Number.isInteger(status) || status < 200 || status > 599) {
    throw new RangeError(`a response cannot have the status ${status}`);
  }
  if (headers !== undefined && !checkedHeaders.has(headers)) checkHeaders(headers);
  return response;
}

/** Frozen ones, which stay as they were when they were checked. */
const checkedHeaders = new WeakSet<object>();

function checkHeaders(headers: NonNullable<TransportResponse['headers']>): void {
  for (const [name, value] of Object.entries(headers)) {
    validateHeaderName(name);
    validateHeaderValue(name, value);
  }
  if (Object.isFrozen(headers)) checkedHeaders.add(headers);
}
