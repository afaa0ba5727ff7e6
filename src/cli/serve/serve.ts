/** Runs a server as a process, with store, log, signals and TARS platform; and the command `statecast serve` with it. */

import type { ServerAddress } from '../../actors/server/server.ts';
import { findWarnings } from '../../config/access-words.ts';
import type { Settings } from '../../config/schema/settings.ts';
import type { TarsConf } from '../../config/tars-conf/tars-conf.ts';
import { joinPlatform, loadTarsConf, openPlatformLog } from '../../platform/join-platform.ts';
import { createBanner } from './banner.ts';
import { createLogger } from './create-logger.ts';
import { createOwnParts } from './own-parts.ts';
import { createStopping } from './stopping.ts';
import { countWorkers } from '../../workers/worker-count.ts';
import { isWorker } from '../../config/worker-variable.ts';
import { joinPrimary, type Workplace } from './worker.ts';
import { composeServer } from '../../server/create-server.ts';
import { pickCode, pickOneRoomSettings } from '../../server/room-definitions.ts';
import { logEvents } from './event-log.ts';
import { endIfHanging, endProcess } from './end-process.ts';
import { keepHeap, makeObjectsYoung } from './heap-keeper.ts';
import type { ServantDefinitions } from '../../server/servants/rpc.ts';
import type { RoomDefinition, ServerOptions, TypedServer } from '../../server/server-options.ts';
import { VERSION } from '../../system/package-info.ts';

/** The exit code of a process that could not write everything in time. */
const EXIT_DROPPED = 1;

/** Serves until SIGTERM, SIGINT, SIGHUP or a shutdown command of the TARS node. */
export async function serve(settings: Settings, configFile?: string): Promise<void> {
  const { address, ended, server } = await startProcess({ settings, configFile, version: VERSION });
  // The primary process of workers tells of all of them.
  if (!isWorker()) process.stdout.write(createBanner(address, settings, server.health()));
  await ended;
  endIfHanging();
}

export interface ProcessInput<All extends ServantDefinitions> {
  readonly settings: Settings;
  /** It may be the configuration of a TARS platform: the server then lives on that platform. */
  readonly configFile: string | undefined;
  /** What the TARS platform shows. */
  readonly version: string;
  /** What settings cannot hold. Their parts win over those that settings name. Default: nothing. */
  readonly code?: ServerOptions<All>;
}

export interface ServedProcess<
  All extends ServantDefinitions = {},
  Rooms = Readonly<Record<string, unknown>>,
> {
  readonly server: TypedServer<All, Rooms>;
  readonly address: ServerAddress;
  /** The log: on a TARS platform a file of it, otherwise stderr. */
  readonly log: ProcessLog;
  /** The TARS platform's configuration; undefined elsewhere. */
  readonly conf: TarsConf | undefined;
  /** Drains and stops, as a signal does; resolves like `ended`. */
  stop(this: void): Promise<void>;
  /** Settles when everything has stopped. */
  readonly ended: Promise<void>;
}

/** A log with lines of fields and a message. */
export interface ProcessLog {
  readonly debug: WriteLog;
  readonly info: WriteLog;
  readonly warn: WriteLog;
  readonly error: WriteLog;
}

/** Writes one line. `%s`, `%d`, `%o` and the like in the message stand for the values after it. */
export interface WriteLog {
  /** @param fields What the line has besides the message; an error is written with its stack. */
  (fields: object, message?: string, ...values: readonly unknown[]): void;
  (message: string, ...values: readonly unknown[]): void;
}

/**
 * Starts a server; resolves when it listens. SIGTERM, SIGINT, SIGHUP or a shutdown command of the TARS node stop it; a
 * second SIGTERM or SIGINT ends the process at once.
 */
export async function startProcess<All extends ServantDefinitions = {}>(
  input: ProcessInput<All>,
): Promise<ServedProcess<All>> {
  const workers = countWorkers(input.settings);
  if (workers > 1 && !isWorker()) {
    const { runPrimary } = await import('./primary.ts');
    await runPrimary(input, workers);
    // What follows the start of a server in a program belongs to the workers.
    endProcess(Number(process.exitCode ?? 0));
    await new Promise(() => undefined);
  }
  const opened = new Opened();
  try {
    const workplace = isWorker() ? await joinPrimary() : undefined;
    opened.add(() => workplace?.leave());
    return await launch(input, opened, workplace);
  } catch (error) {
    await opened.close();
    throw error;
  }
}

async function launch<All extends ServantDefinitions>(
  input: ProcessInput<All>,
  opened: Opened,
  workplace: Workplace | undefined,
): Promise<ServedProcess<All>> {
  const { settings, configFile, version, code = {} } = input;
  const {
    store: _store,
    dataDir: _dataDir,
    workers: _workers,
    log: logSettings,
    demo: hasDemo,
    tars,
    rooms,
    ...rest
  } = settings;
  const { servants: configured, ...tarsRest } = tars;
  const conf = loadTarsConf(configFile);
  // What a worker writes on standard error is brought into the file by the primary process.
  const logFile = workplace === undefined && conf ? openPlatformLog(conf) : undefined;
  opened.add(() => logFile?.close());
  const log = createLogger(logSettings, logFile);
  workplace?.follow(log);
  const onError = (error: unknown, where: string): void => log.error({ err: error }, where);
  if (workplace === undefined) {
    for (const warning of findWarnings(settings, code.authenticate !== undefined)) log.warn(warning);
  }

  const servants = await readServants(configured);
  // Loaded only where it is used, as what reads .tars files: a process that starts opens all its modules at about once.
  const demonstration = hasDemo ? await import('../../server/demo/demo.ts') : undefined;
  const demo = await demonstration?.startDemo(onError);
  opened.add(() => demo?.close());
  const defined = mergeRooms(code.rooms, rooms);
  const server = composeServer<All>(
    {
      // Without them everything is in memory, or in Redis if there is one.
      ...(workplace === undefined && createOwnParts(settings)),
      onError,
      ...code,
      ...workplace?.parts(code, settings.redis.url !== undefined),
      ...rest,
      // A transport of its own is no setting, so that none takes its place.
      ...(typeof code.transport === 'function' && { transport: code.transport }),
      tars: tarsRest,
      rooms: demonstration === undefined ? defined : demonstration.allowDemo(defined),
      // Those of the settings and the demonstration are only called by name.
      servants: { ...demo?.servants, ...servants, ...code.servants } as unknown as All,
    },
    { demo: hasDemo, sharing: workplace?.sharing },
  );
  logEvents(server, log);
  makeObjectsYoung();
  keepHeap(server);

  let hasDropped = false;
  server.on('store.dropped', () => (hasDropped = true));
  const stopping = workplace === undefined ? createStopping(() => server.close()) : workplace.obey(server);
  const platform =
    workplace === undefined &&
    conf &&
    joinPlatform({
      conf,
      server,
      log,
      version,
      configFiles: tars.configFiles,
      configDir: tars.configDir,
      stop: () => stopping.begin(),
    });

  opened.add(() => (platform ? platform.stop() : undefined));

  if (platform) await platform.prepare();
  const address = await server.listen();
  log.info(server.health().transport, 'transport');
  if (platform) await platform.start();
  workplace?.listening();
  const ended = closeAfter(stopping.ended, opened).finally(() => {
    if (hasDropped && settings.drainSeconds > 0) process.exitCode = EXIT_DROPPED;
  });
  const stop = (): Promise<void> => {
    stopping.begin();
    return ended;
  };
  return { server, address, log, conf, stop, ended };
}

async function readServants(configured: Settings['tars']['servants']): Promise<ServantDefinitions> {
  if (Object.keys(configured).length === 0) return {};
  const { loadServants } = await import('./configured-servants.ts');
  return loadServants(configured);
}

/** What is open beside the server. */
class Opened {
  readonly #closers: (() => Promise<void> | void)[] = [];

  add(close: () => Promise<void> | void): void {
    this.#closers.unshift(close);
  }

  /** Closes the latest first. */
  async close(): Promise<void> {
    for (const close of this.#closers.splice(0)) await close();
  }
}

async function closeAfter(work: Promise<void>, opened: Opened): Promise<void> {
  try {
    await work;
  } finally {
    await opened.close();
  }
}

/** Handlers come from the code, and what settings say of a room wins over it. */
function mergeRooms<All extends ServantDefinitions>(
  code: ServerOptions<All>['rooms'] = {},
  settings: Settings['rooms'],
): Readonly<Record<string, RoomDefinition<All>>> {
  const ofCode = new Map(
    Object.entries(code).map(([pattern, room]) => [
      pattern,
      { settings: pickOneRoomSettings(room), code: pickCode(room) },
    ]),
  );
  const ofSettings = new Map(Object.entries(settings));
  const patterns = new Set([...ofCode.keys(), ...ofSettings.keys()]);
  return Object.fromEntries(
    [...patterns].map((pattern) => {
      const room = ofCode.get(pattern);
      return [pattern, { ...room?.settings, ...ofSettings.get(pattern), ...room?.code }];
    }),
  );
}
