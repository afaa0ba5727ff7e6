/** Looks up the endpoints of an object that is given by name alone. */

import type { Endpoint } from './endpoint.ts';

export interface Locator {
  /**
   * Returns the endpoints of an object, at least one.
   * @throws {LinkError} `registryUnreachable` when the registry cannot be asked, `noEndpoint` when there are none.
   */
  locate(object: string): Promise<readonly Endpoint[]>;
}
