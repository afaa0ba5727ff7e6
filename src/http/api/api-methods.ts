/** All methods of the HTTP server API, in the order of the documentation. */

import type { Operations } from '../../operations/operations.ts';
import { createActing } from './acting.ts';
import type { ApiMethod } from './api-method.ts';
import { createPublishing } from './publishing.ts';
import { createReading } from './reading.ts';

/** @param messageBytes Longest message, in bytes. */
export function createApiMethods(operations: Operations, messageBytes: number): ApiMethod[] {
  return [
    ...createPublishing(operations, messageBytes),
    ...createReading(operations),
    ...createActing(operations),
  ];
}
