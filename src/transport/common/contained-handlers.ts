/** Catches the errors of handlers: in the transport they would end the process. It knows no sockets. */

import { validateHeaderName, validateHeaderValue } from 'node:http';
import { types } from 'node:util';
import { jsonError } from './responses.ts';
import {
  RequestAbortedError,
  type RequestHead,
  type ResponseStream,
  type TransportHandlers,
  type TransportRequest,
  type TransportResponse,
  type UpgradeOutcome,
} from './transport.ts';

/** The response when a handler threw. It does not tell the client why. */
const INTERNAL_ERROR = jsonError(500, 'something inside the server failed');

const NO_CONTENT = 204;
const NOT_MODIFIED = 304;

/** Handlers that never throw or reject. */
export type ContainedHandlers<Session> = Required<TransportHandlers<Session>>;

/** Wraps handlers, so that their errors go to `failed`. */
export function containHandlers<Session>(handlers: TransportHandlers<Session>): ContainedHandlers<Session> {
  function report(error: unknown): void {
    try {
      handlers.failed(error);
    } catch {
      // The log is broken too: the error cannot be reported.
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

  /** Checks a response, and contains its stream. */
  function accept(response: TransportResponse): TransportResponse {
    checkResponse(response);
    const { stream } = response;
    return stream === undefined ? response : { ...response, stream: containStream(stream) };
  }

  function containStream(stream: ResponseStream): ResponseStream {
    return {
      filler: stream.filler,
      opened(sink) {
        try {
          stream.opened(sink);
        } catch (error) {
          report(error);
          sink.terminate();
        }
      },
      drained: contain(() => stream.drained()),
      overflowed: contain(() => stream.overflowed()),
      evicted: contain((waiting) => stream.evicted?.(waiting)),
      closed: contain(() => stream.closed()),
    };
  }

  async function settle(answer: PromiseLike<TransportResponse>): Promise<TransportResponse> {
    try {
      return accept(await answer);
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
    // Not with `contain`: this is called for every message.
    message(session, frame) {
      try {
        handlers.message(session, frame);
      } catch (error) {
        report(error);
      }
    },
    drain: contain((session) => handlers.drain(session)),
    overflow: contain((session) => handlers.overflow(session)),
    evict: contain((session, waiting) => handlers.evict?.(session, waiting)),
    close: contain((session, code, reason) => handlers.close(session, code, reason)),
    crowded: contain(() => handlers.crowded?.()),
    failed: report,
    request(request: TransportRequest) {
      try {
        const answer = handlers.request(request);
        return 'then' in answer ? settle(answer) : accept(answer);
      } catch (error) {
        return refuse(error);
      }
    },
  };
}

/**
 * An invalid status, or a line break in a header, would corrupt the connection, and writing a body or a header of another
 * type would throw. It is a bug of the handler.
 */
function checkResponse(response: TransportResponse): TransportResponse {
  const { status, headers, body, stream } = response;
  if (!Number.isInteger(status) || status < 200 || status > 599) {
    throw new RangeError(`a response cannot have the status ${status}`);
  }
  if (body !== undefined && typeof body !== 'string' && !types.isUint8Array(body)) {
    throw new TypeError(`the body of a response is a string or a Uint8Array, not ${nameType(body)}`);
  }
  if (stream !== undefined && (body !== undefined || status === NO_CONTENT || status === NOT_MODIFIED)) {
    throw new TypeError(
      `a response with ${body === undefined ? `the status ${status}` : 'a body'} has no stream`,
    );
  }
  if (headers !== undefined && !checkedHeaders.has(headers)) checkHeaders(headers);
  return response;
}

/** Headers that are checked and frozen, so they cannot change any more. */
const checkedHeaders = new WeakSet<object>();

/** The transport itself says where a response ends. With one of these headers, a client would look for another end. */
const FRAMING_HEADERS = new Set(['transfer-encoding', 'trailer']);

function checkHeaders(headers: NonNullable<TransportResponse['headers']>): void {
  // The entries of a Map or of Headers are no properties: they would be left out.
  if (typeof headers !== 'object' || Symbol.iterator in headers) {
    throw new TypeError(`the headers of a response are a plain object, not ${nameType(headers)}`);
  }
  for (const [name, value] of Object.entries<unknown>(headers)) {
    validateHeaderName(name);
    if (typeof value !== 'string') {
      throw new TypeError(`the header ${name} of a response is a string, not ${nameType(value)}`);
    }
    if (FRAMING_HEADERS.has(name.toLowerCase()))
      throw new TypeError(`a response cannot set the header ${name}`);
    validateHeaderValue(name, value);
  }
  if (Object.isFrozen(headers)) checkedHeaders.add(headers);
}

/** Such as `null`, `number` or `Date`; nothing of the value, which may be secret. */
function nameType(value: unknown): string {
  if (typeof value !== 'object' || value === null) return value === null ? 'null' : typeof value;
  return Object.prototype.toString.call(value).slice('[object '.length, -1);
}
