/** The command `statecast serve`: runs a server as a process, with store, log, banner and signals. */

import { destination, pino, type DestinationStream, type Logger } from 'pino';
import pretty from 'pino-pretty';
import type { Settings } from '../../config/schema/settings.ts';
import { joinPlatform, loadTarsConf, openPlatformLog } from '../../platform/join-platform.ts';
import { createLowdbStore } from '../../storage/lowdb-store.ts';
import { createMemoryStore } from '../../storage/memory-store.ts';
import { allowDemo, startDemo } from '../../server/demo/demo.ts';
import { createBanner } from './banner.ts';
import { loadServants } from './configured-servants.ts';
import { createServer } from '../../server/create-server.ts';
import { logEvents } from './event-log.ts';
import { keepHeap } from './heap-keeper.ts';
import { VERSION } from '../../system/package-info.ts';

/**
 * Serves until SIGTERM, SIGINT, SIGHUP or a shutdown command of the TARS node; a second SIGTERM or SIGINT ends the
 * process at once.
 * @param configFile may be the configuration of a TARS platform: the server then lives on that platform.
 */
export async function serve(settings: Settings, configFile?: string): Promise<void> {
  const { store: storeKind, dataDir, log: logSettings, tars, rooms, ...rest } = settings;
  const { servants: configured, ...tarsRest } = tars;
  const conf = loadTarsConf(configFile);
  const logFile = conf && openPlatformLog(conf);
  const log = createLogger(logSettings, logFile);
  const onError = (error: unknown, where: string): void => log.error({ err: error }, where);

  const servants = await loadServants(configured);
  const demo = settings.demo ? await startDemo(onError) : undefined;
  const server = createServer(
    {
      ...rest,
      tars: tarsRest,
      rooms: demo === undefined ? rooms : allowDemo(rooms),
      servants: { ...demo?.servants, ...servants },
      store: storeKind === 'lowdb' ? createLowdbStore({ dir: dataDir }) : createMemoryStore(),
      onError,
    },
    conf === undefined ? {} : { recordCall: (call) => platform?.recordCall(call) },
  );
  logEvents(server, log);
  keepHeap(server);

  const stopping = createStopping(() => server.close());
  const platform =
    conf &&
    joinPlatform({
      conf,
      server,
      log,
      version: VERSION,
      configFiles: tars.configFiles,
      stop: () => stopping.begin(),
    });
  try {
    await platform?.prepare();
    const address = await server.listen();
    process.stdout.write(createBanner(address, settings, VERSION));
    await platform?.start();
    await stopping.ended;
  } finally {
    await platform?.stop();
    await demo?.close();
    logFile?.close();
  }
}

const STDERR = 2;

/**
 * Makes the log: readable on a terminal, JSON lines elsewhere. It is written line by line, so that a process that is
 * killed has lost no line.
 * @param file Where to write JSON lines instead of stderr.
 */
function createLogger({ level, format }: Settings['log'], file?: DestinationStream): Logger {
  const isPretty = format === 'pretty' || (format === 'auto' && process.stderr.isTTY);
  const options = { level, base: { pid: process.pid } };
  if (file !== undefined) return pino(options, file);
  if (!isPretty) return pino(options, destination({ dest: STDERR, sync: true }));
  return pino(
    options,
    pretty({ destination: STDERR, sync: true, translateTime: 'HH:MM:ss.l', ignore: 'pid,hostname' }),
  );
}

interface Stopping {
  /** Begins to stop; later calls have no effect. */
  begin(): void;
  /** Settles when the server has stopped. */
  readonly ended: Promise<void>;
}

function createStopping(stop: () => Promise<void>): Stopping {
  let isStopping = false;
  /** Whether somebody waits for the end, and not only a terminal is gone. */
  let isAwaited = false;
  let start: (() => void) | undefined;
  const ended = new Promise<void>((resolve, reject) => {
    start = () => {
      if (isStopping) return;
      isStopping = true;
      stop().then(resolve, reject);
    };
  });
  const begin = (): void => {
    isAwaited = true;
    start?.();
  };
  const onSignal = (): void => {
    if (isAwaited) process.exit(1);
    begin();
  };
  process.on('SIGTERM', onSignal);
  process.on('SIGINT', onSignal);
  // A closed terminal may send it twice, and systemd can send it together with SIGTERM: it never ends the process at once.
  process.on('SIGHUP', () => start?.());
  return { begin, ended };
}
