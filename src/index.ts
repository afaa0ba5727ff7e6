/** The public entry of the library. Everything here is named, documented where it stands, and typed. */

export { answer, change, drop, refuse } from './actors/room/room-options.ts';
export type {
  CallContext,
  CallVerdict,
  HandlerMember,
  JoinContext,
  JoinRefusal,
  LeaveContext,
  MessageContext,
  MessageVerdict,
} from './actors/room/room-options.ts';
export type { MemberView } from './actors/room/roster.ts';
export type { ServerAddress } from './actors/server/server.ts';
export type {
  Accepted,
  Broker,
  BrokerListener,
  History,
  HistoryLimits,
  HistoryQuery,
  Position,
  PublicationVersion,
  PublishOptions,
} from './broker/broker.ts';
export type {
  Control,
  ControlNode,
  JoinOrder,
  Order,
  Question,
  RefreshOrder,
  RevokeOrder,
  Selection,
  Survey,
} from './broker/control/control.ts';
export { createMemoryControl, createMemoryControls } from './broker/control/memory-control.ts';
export { createMemoryBroker, createMemoryBrokers, type MemoryBrokerOptions } from './broker/memory-broker.ts';
export { createMemoryPresence } from './broker/presence/memory-presence.ts';
export type { Presence, PresenceStats, PresentMember } from './broker/presence/presence.ts';
export type { Override } from './protocol/override.ts';
export { ConfigError } from './config/layer/config-error.ts';
export type { ConfigProblem } from './config/layer/config-error.ts';
export type { ServerEventListener } from './events/event-bus.ts';
export type { ServerEventName, ServerEvents, LeaveReason } from './events/server-events.ts';
export { CLOSE_CODES, type CloseName } from './protocol/close-codes.ts';
export type { Codec, Decoded, Violation } from './protocol/codec.ts';
export type {
  Broadcast,
  CallOutcome,
  Command,
  Json,
  MemberInfo,
  Publication,
  Push,
  Reply,
} from './protocol/command.ts';
export type { Ending, EndingName } from './protocol/endings.ts';
export type { ErrorName, Refusal } from './protocol/errors.ts';
export { parseExactJson, writeExactJson, type ExactJson } from './protocol/json/exact-json.ts';
export { JsonNumber } from './protocol/json/json-number.ts';
export type { RoomListener, Watch } from './operations/watchers.ts';
export type {
  DisconnectRequest,
  NodeInfo,
  OutsideMember,
  RevokeRequest,
  RoomMembers,
  SubscribeRequest,
} from './operations/operations.ts';
export type { RpcFailure } from './protocol/rpc-errors.ts';
export type { Frame, Text } from './protocol/text.ts';
export type { Authenticate, ClientIdentity, ClientRequest } from './server/identity/authentication.ts';
export { RedisRequiredError } from './actors/redis/redis-required-error.ts';
export { createServer, defineRoom } from './server/create-server.ts';
export { RefusedError } from './server/refused-error.ts';
export type { MessageOf, MessageTo } from './server/schema/room-types.ts';
export type { SchemaIssue, SchemaResult, StandardSchema } from './server/schema/standard-schema.ts';
export type { RpcOf, ServantDefinition, ServantDefinitions } from './server/servants/rpc.ts';
export type {
  LibrarySettings,
  HistoryDefinition,
  RoomDefinition,
  RoomPermissions,
  ServerOptions,
  StatecastServer,
  TypedServer,
  WhoMay,
  WithServer,
} from './server/server-options.ts';
export { createLowdbStore } from './storage/lowdb-store.ts';
export { createMemoryStore } from './storage/memory-store.ts';
export type {
  LoadedRoom,
  MembershipChange,
  MembershipStore,
  RoomList,
  SetAside,
  StoredMember,
} from './storage/membership-store.ts';
export {
  createFileRevocations,
  type FileRevocationsOptions,
} from './storage/revocations/file-revocations.ts';
export { createMemoryRevocations } from './storage/revocations/memory-revocations.ts';
export type {
  Revocation,
  RevocationChange,
  RevocationStore,
  Revoked,
  RevokedToken,
  RevokedUser,
} from './storage/revocations/revocation-store.ts';
export { createMemoryMutes } from './storage/mutes/memory-mutes.ts';
export type { MuteChange, MuteStore } from './storage/mutes/mute-store.ts';
export { StoreError } from './storage/store-error.ts';
export { joinPlatform, loadTarsConf, type JoinOptions } from './platform/join-platform.ts';
export type { CallStatistics } from './platform/statistics/call-statistics.ts';
export { createMemoryStatStore } from './platform/statistics/memory-stat-store.ts';
export { createRedisStatStore, type RedisStatStoreOptions } from './platform/statistics/redis-stat-store.ts';
export type { Platform } from './platform/platform.ts';
export type { CallRecord, StatCounts, StatEntry, StatKey } from './platform/statistics/stat-counts.ts';
export type { StatStore } from './platform/statistics/stat-store.ts';
export type { TarsConf } from './config/tars-conf/tars-conf.ts';
export { RpcError } from './tars/rpc-error.ts';
export { serve, type ServeOptions } from './cli/serve/serve-project.ts';
export type { ProcessLog, ServedProcess, WriteLog } from './cli/serve/serve.ts';
export type { Health } from './http/health-route.ts';
export { respond } from './http/user-routes.ts';
export type { RouteHandler, RouteReply, RouteRequest, UserRoutes } from './http/user-routes.ts';
export {
  createFileOutboxes,
  createMemoryOutboxes,
  type CreateOutbox,
} from './webhooks/outbox/create-outbox.ts';
export type {
  Backlog,
  BatchLimits,
  DropReason,
  Outbox,
  OutboxBatch,
  OutboxEntry,
  OutboxHistory,
  OutboxOptions,
  OutboxTrouble,
} from './webhooks/outbox/outbox.ts';
export {
  signWebhook,
  verifyWebhook,
  type VerifyWebhookOptions,
  type WebhookCheck,
} from './webhooks/signature.ts';
export { ListenError, type CreateTransport } from './transport/common/transport.ts';
