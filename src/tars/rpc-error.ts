/** The error of a call through a proxy of ours: it tells apart what other TARS clients call by one number. */

import { RPC_ERRORS, type RpcFailure } from '../protocol/rpc-errors.ts';
import { TarsCallError } from './calls/caller.ts';
import { RETURN_CODES } from './wire/return-codes.ts';

/**
 * A call has no result. `failure` says why; `clientMessage` may be shown to clients, while `message` and
 * `cause` carry what the servant or the system said.
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

/** The failure that a servant's own return code tells. */
export function failureOf(ret: number): RpcFailure {
  return ret === RETURN_CODES.noSuchFunction ? 'unknownFunction' : 'servantFailed';
}

/** The return code of a failure that never came over the wire, as other TARS clients number it. */
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
    case 'noEndpoint':
    case 'circuitOpen':
      return RETURN_CODES.connectionFailed;
  }
}
