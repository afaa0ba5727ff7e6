/** Why a call of a servant (a remote object of a TARS service) has no result: the codes and messages that clients get. */

import type { CallOutcome } from './command.ts';
import { ERRORS } from './errors.ts';

/**
 * Failures of calls. Codes below 1000 are those of {@link ERRORS}; codes from 1001 are specific to calls. `retry` says
 * whether the same call may be tried again, if it does no harm to call the function twice.
 */
export const RPC_ERRORS = {
  badRequest: {
    code: ERRORS.badRequest.code,
    message: 'the arguments do not fit the function',
    retry: false,
  },
  notAllowed: {
    code: ERRORS.permissionDenied.code,
    message: 'this function may not be called from here',
    retry: false,
  },
  tooMany: { code: ERRORS.tooManyRequests.code, message: ERRORS.tooManyRequests.message, retry: true },
  stopping: { code: ERRORS.notAvailable.code, message: 'the server is shutting down', retry: false },
  refused: { code: 1001, message: 'the servant is not running', retry: true },
  noRoute: { code: 1002, message: 'there is no way to the servant', retry: true },
  registryUnreachable: {
    code: 1003,
    message: 'the registry that knows the servant cannot be reached',
    retry: true,
  },
  noEndpoint: { code: 1004, message: 'the registry knows no endpoint of the servant', retry: true },
  timedOut: { code: 1005, message: 'the servant did not answer in time', retry: false },
  connectionLost: {
    code: 1006,
    message: 'the connection to the servant was lost during the call',
    retry: true,
  },
  circuitOpen: { code: 1007, message: 'the servant has failed too often and is given a rest', retry: true },
  servantFailed: { code: 1008, message: 'the servant failed', retry: false },
  unknownFunction: { code: 1009, message: 'the servant has no such function', retry: false },
  undecodable: { code: 1010, message: 'the answer of the servant cannot be read', retry: true },
  registryFailed: {
    code: 1011,
    message: 'the registry that knows the servant answered with an error',
    retry: true,
  },
} as const satisfies Record<string, { code: number; message: string; retry: boolean }>;

/** The name of a row of {@link RPC_ERRORS}. */
export type RpcFailure = keyof typeof RPC_ERRORS;

/** The result of a failed call. The default message is the one in the table. */
export function failCall(
  failure: RpcFailure,
  message: string = RPC_ERRORS[failure].message,
): Extract<CallOutcome, { type: 'failed' }> {
  return { type: 'failed', code: RPC_ERRORS[failure].code, message };
}
