/** Runs a server as a process: its store, its log, its banner, its signals. */

import type { Settings } from '../config/settings.ts';
import { createLowdbStore } from '../storage/lowdb-store.ts';
import { createMemoryStore } from '../storage/memory-store.ts';
import { createBanner } from './banner.ts';
import { createServer } from './create-server.ts';
import { logEvents } from './event-log.ts';
import { createLogger } from './logger.ts';
import { VERSION } from './package-info.ts';

/** Serves until SIGTERM or SIGINT; a second signal does not wait for the drain. */
export async function serve(settings: Settings): Promise<void> {
  const { store: storeKind, dataDir, log: logSettings, ...rest } = settings;
  const log = createLogger(logSettings);
  const server = createServer({
    ...rest,
    store: storeKind === 'lowdb' ? createLowdbStore({ dir: dataDir }) : createMemoryStore(),
    onError: (error, where) => log.error({ err: error }, where),
  });
  logEvents(server, log);

  const stopped = stopOnSignal(() => server.close());
  const address = await server.listen();
  process.stdout.write(createBanner(address, settings, VERSION));
  await stopped;
}

function stopOnSignal(stop: () => Promise<void>): Promise<void> {
  return new Promise((resolve, reject) => {
    let stopping = false;
    const onSignal = (): void => {
      if (stopping) process.exit(1);
      stopping = true;
      stop().then(resolve, reject);
    };
    process.on('SIGTERM', onSignal);
    process.on('SIGINT', onSignal);
  });
}
