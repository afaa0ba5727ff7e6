/** Where a servant's endpoints are asked for, when its object names none. */

import type { Endpoint } from './endpoint.ts';

export interface Locator {
  /**
   * The endpoints of an object, at least one.
   * @throws {LinkError} `registryUnreachable` when it cannot be told, `noEndpoint` when there is none.
   */
  locate(object: string): Promise<readonly Endpoint[]>;
}
