/** Looks up the endpoints of an object that is given by name alone. */

import type { Endpoint } from './endpoint.ts';

export interface LocateOptions {
  /** The last answer is of no use: no endpoint in it can be connected, or none answers. Default false. */
  readonly isStale?: boolean;
}

export interface Locator {
  /**
   * Returns the endpoints of an object, at least one.
   * @throws {LinkError} `registryUnreachable` when the registry cannot be asked, `registryFailed` when it answers with an
   * error, `noEndpoint` when there are none.
   */
  locate(object: string, options?: LocateOptions): Promise<readonly Endpoint[]>;
}
