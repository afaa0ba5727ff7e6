/** All methods of the HTTP server API, in the order of the documentation. */

import type { Operations } from '../../operations/operations.ts';
import { createActing } from './acting.ts';
import type { ApiMethod } from './api-method.ts';
import { createConnections } from './connections.ts';
import { createPresenceSetting } from './presence-setting.ts';
import { createPublishing } from './publishing.ts';
import { createReading } from './reading.ts';
import { createRevoking } from './revoking.ts';

/** @param messageBytes Longest message, in bytes. */
export function createApiMethods(operations: Operations, messageBytes: number): ApiMethod[] {
  return [
    ...createPublishing(operations, messageBytes),
    ...createConnections(operations),
    ...createRevoking(operations),
    ...createReading(operations),
    ...createPresenceSetting(operations),
    ...createActing(operations),
  ];
}
