/** Why a room's rules do not allow something, in the same words whether the room is in memory or not. */

import type { MemberInfo } from '../../../protocol/command.ts';
import { createRefusal, type Refusal } from '../../../protocol/errors.ts';
import { allowsMethod, mayAct, mayJoin, type Allowances, type Asker } from './rules.ts';

/** The part of a join that the rules look at. */
interface EntryClaims {
  /** What the server has decided. */
  readonly grant?: unknown;
  readonly request?: { readonly token?: string } | undefined;
}

/** A token is checked later, by the membership. What the server has granted is allowed. */
export function allowsJoin(
  allowances: Allowances,
  member: MemberInfo,
  entry: EntryClaims | undefined,
): boolean {
  if (entry?.grant !== undefined) return true;
  if (entry?.request?.token !== undefined) return allowances.rules.join !== 'nobody';
  return mayJoin(allowances, member);
}

/** The server itself may always publish. */
export function allowsPublish(
  allowances: Allowances,
  member: MemberInfo | undefined,
  seat: Asker['seat'],
): boolean {
  return member === undefined || mayAct(allowances, 'publish', { member, seat });
}

/** @param rpc The functions that may be called through the room. */
export function allowsCall(
  allowances: Allowances & { readonly rpc: readonly string[] },
  method: string,
  asker: Asker,
): boolean {
  return allowsMethod(allowances.rpc, method) && mayAct(allowances, 'rpc', asker);
}

export function refuseFullRoom(room: string): Refusal {
  return createRefusal('limitExceeded', `${room} is full`);
}

export function refuseToJoin({ isKnown }: Allowances, room: string): Refusal {
  return isKnown
    ? createRefusal('permissionDenied', `you may not join ${room}`)
    : createRefusal('unknownRoom');
}

export function refuseToPublish({ isKnown }: Allowances, room: string): Refusal {
  return isKnown
    ? createRefusal('permissionDenied', `you may not publish in ${room}`)
    : createRefusal('unknownRoom');
}
