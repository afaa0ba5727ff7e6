/** Why a room's rules do not allow something, in the same words whether the room is in memory or not. */

import type { MemberInfo } from '../../../protocol/command.ts';
import { because, createRefusal, type Refusal } from '../../../protocol/errors.ts';
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

export function refuseToJoin(allowances: Allowances, room: string): Refusal {
  return refuseByRule(allowances, 'join', `you may not join ${room}`);
}

export function refuseToPublish(allowances: Allowances, room: string): Refusal {
  return refuseByRule(allowances, 'publish', `you may not publish in ${room}`);
}

function refuseByRule({ isKnown, rules }: Allowances, action: 'join' | 'publish', message: string): Refusal {
  const rule = { name: `rooms.may.${action}`, value: rules[action] };
  const refusal = isKnown ? createRefusal('permissionDenied', message) : createRefusal('unknownRoom');
  return because(refusal, { rule });
}
