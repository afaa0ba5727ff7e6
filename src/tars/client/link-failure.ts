/** Turns the error codes of the operating system into the failures of a link. */

import { LinkError, type LinkFailure } from '../servant-link.ts';
import { formatEndpoint, type Endpoint } from './endpoint.ts';

const FAILURES: Readonly<Record<string, LinkFailure>> = {
  ECONNREFUSED: 'refused',
  ENOTFOUND: 'noRoute',
  EAI_AGAIN: 'noRoute',
  EHOSTUNREACH: 'noRoute',
  ENETUNREACH: 'noRoute',
  ETIMEDOUT: 'timedOut',
};

/** Why an endpoint could not be connected. */
export function toConnectFailure(endpoint: Endpoint, cause: Error): LinkError {
  const systemCode = (cause as NodeJS.ErrnoException).code ?? '';
  const code = FAILURES[systemCode] ?? 'connectionLost';
  return new LinkError(
    code,
    `${formatEndpoint(endpoint)} cannot be connected: ${systemCode || cause.message}`,
    {
      cause,
    },
  );
}

export function toConnectTimeout(endpoint: Endpoint, timeoutMs: number): LinkError {
  return new LinkError('timedOut', `${formatEndpoint(endpoint)} was not connected in ${timeoutMs} ms`);
}

/** Why an established connection ended. */
export function toLoss(endpoint: Endpoint, reason: string, cause?: unknown): LinkError {
  const message = `the connection to ${formatEndpoint(endpoint)} ${reason}`;
  return new LinkError('connectionLost', message, cause === undefined ? {} : { cause });
}

/** Nothing came from the servant while several calls in a row were late. */
export function toSilence(endpoint: Endpoint): LinkError {
  const message = `the connection to ${formatEndpoint(endpoint)} is silent, and was dropped`;
  return new LinkError('connectionLost', message, { isSilence: true });
}
