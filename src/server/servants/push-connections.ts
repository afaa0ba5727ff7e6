/** The functions of `Statecast.Push` about connections, tokens and users. */

import type { Answer } from '../../actors/room/ports.ts';
import type { Selection } from '../../broker/control/control.ts';
import type { Found, Operations, RevokeRequest } from '../../operations/operations.ts';
import { ENDINGS } from '../../protocol/endings.ts';
import type { MessageLimits } from '../../protocol/limits.ts';
import type { Revocation, PushServant, Selection as Given, Status } from '../../tars/servants/statecast.ts';
import type { Decoded } from '../../tars/runtime.ts';
import { readJson, readOptionalJson } from './push-json.ts';
import { refused } from './push-status.ts';

type ConnectionFunctions =
  | 'send'
  | 'subscribe'
  | 'unsubscribe'
  | 'disconnect'
  | 'refresh'
  | 'invalidate'
  | 'revoke'
  | 'unrevoke'
  | 'revocations';

export function createPushConnections(
  operations: Operations,
  { messageBytes }: MessageLimits,
): Pick<PushServant, ConnectionFunctions> {
  return {
    async send({ who, data }) {
      const read = readJson('data', data, messageBytes);
      return toResult('refusal' in read ? read : await operations.send(toSelection(who), read.value));
    },

    async subscribe({ who, room, options }) {
      const info = readOptionalJson('info', options.info, messageBytes);
      const data = readOptionalJson('data', options.data, messageBytes);
      if ('refusal' in info) return toResult(info);
      if ('refusal' in data) return toResult(data);
      const { expiresAt, recoverOffset, recoverEpoch } = options;
      const request = {
        info: info.value,
        data: data.value,
        ...(expiresAt !== 0 && { expiresAt }),
        ...(recoverOffset >= 0 && { recoverSince: { offset: recoverOffset, epoch: recoverEpoch } }),
      };
      return toResult(await operations.subscribe(toSelection(who), room, request));
    },

    async unsubscribe({ who, room, code, reason }) {
      const usual = Object.values(ENDINGS).find((ending) => ending.code === code) ?? ENDINGS.unsubscribed;
      const ending = { code: code === 0 ? usual.code : code, reason: reason === '' ? usual.reason : reason };
      return toResult(await operations.unsubscribe(toSelection(who), room, ending));
    },

    async disconnect({ who, options: { code, reason, spared } }) {
      const request = { reason, except: spared, ...(code !== 0 && { code }) };
      return toResult(await operations.disconnect(toSelection(who), request));
    },

    async refresh({ who, options: { expired, expiresAt, info } }) {
      const read = readOptionalJson('info', info, messageBytes);
      if ('refusal' in read) return toResult(read);
      const changes = {
        ...(expired && { expired }),
        ...(expiresAt >= 0 && { expiresAt }),
        ...(read.value !== undefined && { info: read.value }),
      };
      return toResult(await operations.refresh(toSelection(who), changes));
    },

    invalidate: async ({ who, room }) =>
      toResult(await operations.invalidate(toSelection(who), room === '' ? undefined : room)),

    async revoke({ what }) {
      const until = what.until === 0 ? undefined : what.until;
      return { ret: refused(await operations.revoke(toRevoked(what), until)) };
    },

    unrevoke: async ({ what }) => toResult(await operations.unrevoke(toRevoked(what))),

    async revocations() {
      const kept = await operations.revocations();
      return { ret: refused(kept), list: 'refusal' in kept ? [] : [...kept.revocations] };
    },
  };
}

/** An empty text is nothing. */
function toSelection({ user, client, session }: Decoded<Given>): Selection {
  return {
    ...(user !== '' && { user }),
    ...(client !== '' && { connection: client }),
    ...(session !== '' && { session }),
  };
}

/** Both names are passed on, so that it is refused if both are given, or none. */
function toRevoked({ token, user, issuedBefore }: Decoded<Revocation>): RevokeRequest {
  return { token, user, ...(issuedBefore !== 0 && { issuedBefore }) };
}

function toResult(answer: Awaited<Answer<Found>>): { ret: Status; found: boolean } {
  return { ret: refused(answer), found: 'found' in answer && answer.found };
}
