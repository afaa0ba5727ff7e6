/** The error of a call through a proxy actor. Its failures are finer than the return codes of other TARS clients. */

import { RPC_ERRORS, type RpcFailure } from '../protocol/rpc-errors.ts';
import { TarsCallError } from './calls/caller.ts';
import { RETURN_CODES } from './wire/return-codes.ts';

/**
 * A call failed. `failure` says why; `clientMessage` may be shown to clients. `message` and `cause` contain texts of
 * the servant or the system and must not.
 */
export class RpcError extends TarsCallError {
  readonly failure: RpcFailure;
  readonly clientMessage: string;
  constructor(func: string, failure: RpcFailure, ret: number, detail?: string, cause?: unknown) {
    const sentence = RPC_ERRORS[failure].message;
    super(func, ret, detail === undefined ? sentence : `${sentence}: ${detail}`, { cause });
    this.failure = failure;
    this.clientMessage = sentence;
  }
}

/** The failure for a return code of a servant. */
export function failureOf(ret: number): RpcFailure {
  return ret === RETURN_CODES.noSuchFunction ? 'unknownFunction' : 'servantFailed';
}

/** The return code that other TARS clients use for a local failure. */
export function returnCodeOf(failure: RpcFailure): number {
  switch (failure) {
    case 'undecodable':
      return RETURN_CODES.replyUndecodable;
    case 'connectionLost':
      return RETURN_CODES.connectionClosed;
    case 'timedOut':
      return RETURN_CODES.timeout;
    case 'tooMany':
      return RETURN_CODES.overloaded;
    case 'unknownFunction':
      return RETURN_CODES.noSuchFunction;
    case 'servantFailed':
    case 'badRequest':
      return RETURN_CODES.failed;
    case 'notAllowed':
    case 'stopping':
    case 'refused':
    case 'noRoute':
    case 'registryUnreachable':
    case 'registryFailed':
    case 'noEndpoint':
    case 'circuitOpen':
      return RETURN_CODES.connectionFailed;
  }
}
