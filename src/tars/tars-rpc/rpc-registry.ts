/** Waits for the registry that `@tars/rpc` asks for the endpoints of an object. */

import type { Clock } from '../../system/clock.ts';
import { LinkError } from '../servant-link.ts';
import type { RpcWorker } from './rpc-internals.ts';

/** How long the registry may take. */
const LOCATE_MS = 2_000;
/** How often it is looked whether the registry has answered. */
const LOCATE_POLL_MS = 20;

/**
 * Resolves when the endpoints of an object are known, at once if it has some of its own.
 * @throws {LinkError} `noEndpoint`, or `registryUnreachable` for a registry that fails or needs more than two seconds.
 */
export async function untilLocated(
  { _manager: manager }: RpcWorker,
  clock: Clock,
  isClosed: () => boolean,
): Promise<void> {
  if (manager._direct) return;
  for (let left = LOCATE_MS / LOCATE_POLL_MS; left > 0 && !isClosed(); left -= 1) {
    manager._dns();
    if (manager._adapters.length > 0) return;
    if (!manager._bRequest) throw toLocateFailure(manager._iRefreshTime - process.uptime() * 1000);
    await new Promise<void>((resolve) => {
      clock.setTimeout(resolve, LOCATE_POLL_MS);
    });
  }
  throw new LinkError('registryUnreachable', 'the registry does not answer');
}

/** `@tars/rpc` asks a registry again after 10 s if it told no endpoint, and after 2 s if it failed. */
function toLocateFailure(nextMs: number): LinkError {
  return nextMs > 5_000
    ? new LinkError('noEndpoint', 'the registry tells no endpoint')
    : new LinkError('registryUnreachable', 'the registry does not answer, or answers with an error');
}
