/** The admin servant, which the node daemon of the TARS platform calls: runs commands and stops the server. */

import { createAdminAdapter } from '../../tars/servants/platform.ts';
import type { Clock } from '../../system/clock.ts';
import type { ServantAdapter } from '../../tars/calls/servant-adapter.ts';
import type { RunAdminCommand } from './admin-commands.ts';
import type { PlatformLog } from '../calls/platform-caller.ts';

export interface AdminServantOptions {
  readonly run: RunAdminCommand;
  /** Begins to stop the server; may be called more than once. */
  readonly stop: () => void;
  readonly clock: Clock;
  readonly log: PlatformLog;
}

export function createAdminServant({ run, stop, clock, log }: AdminServantOptions): ServantAdapter {
  return createAdminAdapter(
    {
      async shutdown() {
        log.info({}, 'the TARS node asks this server to stop');
        // The answer is sent first: stopping closes its connection.
        clock.setTimeout(stop, 0);
      },
      async notify({ command }) {
        log.info({ command }, 'an admin command');
        return { ret: await run(command) };
      },
    },
    { failed: (err, func) => log.error({ err, func }, 'an admin command failed') },
  );
}
