/** Sends keep-alives to the node daemon, and once the version. A server without keep-alives is restarted. */

import { createNodeProxy } from '../../tars/servants/platform.ts';
import { PLATFORM_DEADLINE_MS, watchReachability, type PartOptions } from '../calls/platform-caller.ts';
import { createRepeating, type Repeating } from '../calls/repeating.ts';

/** How often a keep-alive is sent for each adapter. The node daemon waits for about a minute. */
const KEEP_ALIVE_MS = 10_000;

/** The platform's name of the admin servant's adapter. */
const ADMIN_ADAPTER = 'AdminAdapter';

export interface KeepAliveOptions extends PartOptions {
  readonly pid: number;
  readonly version: string;
}

export function createKeepAlive(options: KeepAliveOptions): Repeating {
  const { conf, object, caller, clock, log, pid, version } = options;
  const { app: application, server: serverName } = conf;
  const node = createNodeProxy(caller(object));
  const reachability = watchReachability(log, object);
  const adapters = [...conf.adapters.map(({ name }) => name), ADMIN_ADAPTER];
  const deadline = { deadlineMs: PLATFORM_DEADLINE_MS };
  let isVersionKnown = false;
  let isStranger = false;

  /** The daemon answers with a number other than 0 if it does not know the server; then it will not restart it. */
  function judge(answers: readonly number[]): void {
    const isRefused = answers.some((ret) => ret !== 0);
    if (isRefused && !isStranger)
      log.warn({ application, serverName }, 'the TARS node does not know this server');
    isStranger = isRefused;
  }

  async function tell(): Promise<void> {
    try {
      const calls = adapters.map((adapter) =>
        node.keepAlive({ info: { application, serverName, pid, adapter } }, deadline),
      );
      // After the first keep-alive, which tells the daemon about the process.
      const answers = (await Promise.all(calls)).map(({ ret }) => ret);
      if (!isVersionKnown) {
        answers.push((await node.reportVersion({ application, serverName, version }, deadline)).ret);
        isVersionKnown = true;
      }
      reachability.answered();
      judge(answers);
    } catch (error) {
      reachability.failed(error);
    }
  }

  return createRepeating(clock, KEEP_ALIVE_MS, tell);
}
