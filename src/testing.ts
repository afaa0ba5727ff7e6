/** The public entry `statecast/testing`: what a store of your own is checked with. */

export {
  describeMembershipStore,
  type StorePlace,
  type StoreUnderTest,
  type TestFramework,
} from './storage/store-contract.ts';
export {
  describeStatStore,
  type StatStorePlace,
  type StatStoreUnderTest,
} from './platform/statistics/stat-store-contract.ts';
