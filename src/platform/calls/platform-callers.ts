/** Callers of the platform's objects over TCP, one an object. */

import { createDirectCaller, type DirectCaller } from '../../tars/client/direct-caller.ts';
import { createRegistryLocator } from '../../tars/client/registry-locator.ts';
import { createTcpLink } from '../../tars/client/tcp-link.ts';
import type { PlatformCaller } from './platform-caller.ts';

export interface PlatformCallers {
  readonly caller: PlatformCaller;
  /** Drops all connections; calls under way fail. */
  close(): void;
}

/**
 * @param locator The registry's object with its endpoints, as in `locator=`; without one, only objects that are
 * given with endpoints are reached.
 */
export function createPlatformCallers(locator: string | undefined): PlatformCallers {
  const callers = new Map<string, DirectCaller>();
  const createLink = createTcpLink(
    locator === undefined ? {} : { locator: createRegistryLocator({ registry: locator }) },
  );
  return {
    caller(object) {
      const known = callers.get(object);
      if (known !== undefined) return known;
      const caller = createDirectCaller({ createLink, object });
      callers.set(object, caller);
      return caller;
    },
    close() {
      for (const caller of callers.values()) caller.close();
    },
  };
}
