/** Makes the questions that the settings `hooks` name. */

import type {
  ConnectionQuestions,
  PublishAsked,
  PublishResult,
  Question,
  RefreshResult,
  RoomQuestions,
  SubscribeAsked,
  SubscribeResult,
} from '../../actors/backend/asking.ts';
import { createPatternTable } from '../../protocol/room-patterns.ts';
import type { Settings } from '../../config/schema/settings.ts';
import type { ConnectRequest, Json } from '../../protocol/command.ts';
import { Hook, type HookKind, type HookParts, type HookSettings } from './hook.ts';
import { pickClaimed, pickHeaders } from './question-body.ts';
import { RESULT_READERS, type ConnectResult, type RpcResult } from './read-answer.ts';

export interface RpcAsked {
  readonly method: string;
  readonly data: Json;
}

export interface Hooks {
  readonly connect: Question<ConnectRequest, ConnectResult> | undefined;
  /** Undefined where no question is asked of any connection. */
  readonly connection: ConnectionQuestions | undefined;
  /** Undefined where nothing is asked about a room. */
  readonly forRoom: (room: string) => RoomQuestions | undefined;
  readonly rpc: (method: string) => Question<RpcAsked, RpcResult> | undefined;
  /** Whether some question is asked by HTTP. */
  readonly usesHttp: boolean;
}

export interface HooksInput extends HookParts {
  readonly settings: Pick<Settings, 'hooks'>;
  /** Subscription tokens can be checked here, and are not passed on then. */
  readonly checksTokens: boolean;
}

const CONNECT: HookKind<ConnectRequest, ConnectResult> = {
  kind: 'connect',
  toPart: ({ name, version, data, rooms }) => ({
    name,
    version,
    data,
    channels: rooms === undefined ? undefined : Object.keys(rooms),
  }),
  readResult: RESULT_READERS.connect,
};
const REFRESH: HookKind<undefined, RefreshResult> = {
  kind: 'refresh',
  toPart: (_, { member: { user = '' } }) => ({ user }),
  readResult: RESULT_READERS.refresh,
};
const SUBSCRIBE: HookKind<SubscribeAsked, SubscribeResult> = {
  kind: 'subscribe',
  toPart: ({ room, token, data }, { member: { user = '' } }) => ({ user, channel: room, token, data }),
  readResult: RESULT_READERS.subscribe,
};
const PUBLISH: HookKind<PublishAsked, PublishResult> = {
  kind: 'publish',
  toPart: ({ room, data }, { member: { user = '' } }) => ({ user, channel: room, data }),
  readResult: RESULT_READERS.publish,
};
const SUB_REFRESH: HookKind<{ readonly room: string }, RefreshResult> = {
  kind: 'subRefresh',
  toPart: ({ room }, { member: { user = '' } }) => ({ user, channel: room }),
  readResult: RESULT_READERS.subRefresh,
};
const RPC: HookKind<RpcAsked, RpcResult> = {
  kind: 'rpc',
  toPart: ({ method, data }, { member: { user = '' } }) => ({ user, method, data }),
  readResult: RESULT_READERS.rpc,
};

export function createHooks(input: HooksInput): Hooks {
  const { settings, checksTokens } = input;
  const { connect, refresh, subscribe, publish, subRefresh, rpc } = settings.hooks;
  const subscribeOf = byPattern(toList(subscribe), ({ rooms }) => rooms, input, SUBSCRIBE);
  const publishOf = byPattern(toList(publish), ({ rooms }) => rooms, input, PUBLISH);
  const subRefreshOf = byPattern(toList(subRefresh), ({ rooms }) => rooms, input, SUB_REFRESH);
  const rpcOf = byPattern(toList(rpc), ({ methods }) => methods, input, RPC);
  const all: readonly HookSettings[] = [
    ...[connect, refresh].filter((one) => one !== undefined),
    ...toList(subscribe),
    ...toList(publish),
    ...toList(subRefresh),
    ...toList(rpc),
  ];
  const headers = new Set(all.flatMap((one) => one.headers.map((name) => name.toLowerCase())));
  const claimed = new Set(all.flatMap((one) => one.claimedHeaders.map((name) => name.toLowerCase())));
  const connection: ConnectionQuestions = {
    describe: (handshake) => ({
      transport: handshake.transport,
      protocol: handshake.protocol === 'centrifuge' ? 'json' : handshake.protocol,
      headers: pickHeaders(handshake.headers, headers),
      claimedHeaders: {},
    }),
    pickClaimed: (given) => pickClaimed(given, claimed),
    refresh: refresh && new Hook(refresh, input, REFRESH),
    subRefresh: subRefreshOf,
  };
  return {
    connect: connect && new Hook(connect, input, CONNECT),
    connection: all.length === 0 ? undefined : connection,
    forRoom(room) {
      const asked = subscribeOf(room);
      const judged = publishOf(room);
      if (asked === undefined && judged === undefined) return undefined;
      return {
        subscribe: asked,
        publish: judged,
        passesTokens: !checksTokens,
      };
    },
    rpc: rpcOf,
    usesHttp: all.some(({ url }) => url !== undefined),
  };
}

function byPattern<Settings extends HookSettings, Asked, Result>(
  settings: readonly Settings[],
  patternsOf: (one: Settings) => readonly string[],
  parts: HookParts,
  kind: HookKind<Asked, Result>,
): (name: string) => Question<Asked, Result> | undefined {
  const entries = settings.flatMap((one) => {
    const hook = new Hook(one, parts, kind);
    return patternsOf(one).map((pattern) => [pattern, hook] as const);
  });
  return createPatternTable(Object.fromEntries(entries));
}

function toList<Item extends object>(value: Item | readonly Item[] | undefined): readonly Item[] {
  if (value === undefined) return [];
  return isList(value) ? value : [value];
}

function isList<Item>(value: Item | readonly Item[]): value is readonly Item[] {
  return Array.isArray(value);
}
