/** The public entry `statecast/testing`: what your rooms and parts of your own are checked with. */

export { describeBroker } from './broker/broker-contract.ts';
export type { BrokerPlace, BrokerUnderTest } from './broker/broker-contract-visit.ts';
export { describeCodec, type CodecUnderTest } from './protocol/codec-contract.ts';
export {
  describeControl,
  type ControlPlace,
  type ControlUnderTest,
} from './broker/control/control-contract.ts';
export {
  describePresence,
  type PresencePlace,
  type PresenceUnderTest,
} from './broker/presence/presence-contract.ts';
export { describeMembershipStore, type StoreUnderTest } from './storage/store-contract.ts';
export type { StorePlace } from './storage/store-place.ts';
export {
  describeRevocationStore,
  type RevocationPlace,
  type RevocationStoreUnderTest,
} from './storage/revocations/revocation-contract.ts';
export {
  describeStatStore,
  type StatStorePlace,
  type StatStoreUnderTest,
} from './platform/statistics/stat-store-contract.ts';
export { describeOutbox, type OutboxPlace, type OutboxUnderTest } from './webhooks/outbox/outbox-contract.ts';
export type { TestFramework } from './system/test-framework.ts';
export { createTestServer } from './testing/test-server.ts';
export type { TestHandshake, TestKitOptions, TestServer, TestTime } from './testing/test-server.ts';
export type { Expected, TestClient } from './testing/test-client.ts';
export { CommandRefusedError, ExpectationError, expectRefusal, type CodeError } from './testing/failures.ts';
export type { Received, ReceivedMessage } from './testing/mailbox.ts';
export type { ClientResponse, RequestOptions } from './transport/in-memory.ts';
