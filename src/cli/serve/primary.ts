/** The primary process of several workers: it holds what they have in common, and looks after them. It serves nobody itself. */

import type { Logger } from 'pino';
import { findWarnings } from '../../config/access-words.ts';
import { ConfigError } from '../../config/layer/config-error.ts';
import { createMemoryBrokers } from '../../broker/memory-broker.ts';
import { createMemoryPresence } from '../../broker/presence/memory-presence.ts';
import { joinPlatform, loadTarsConf, openPlatformLog } from '../../platform/join-platform.ts';
import { createConfiguredStatStore } from '../../platform/statistics/call-statistics.ts';
import type { ServerEventName } from '../../events/server-events.ts';
import type { ServantDefinitions } from '../../server/servants/rpc.ts';
import { parseEndpoint } from '../../tars/client/endpoint.ts';
import { chooseTransport, UwsUnavailableError } from '../../transport/choose-transport.ts';
import { findFreePort } from '../../transport/common/free-port.ts';
import { ListenError } from '../../transport/common/transport.ts';
import { serveBroker } from '../../workers/parts/broker-part.ts';
import { ControlHub } from '../../workers/parts/control-part.ts';
import { OutboxHub } from '../../workers/parts/outbox-part.ts';
import { servePresence } from '../../workers/parts/presence-part.ts';
import { createTableServing, serveStatStore, serveStore } from '../../workers/parts/store-parts.ts';
import { createMemoryStore } from '../../storage/memory-store.ts';
import { createMemoryMutes } from '../../storage/mutes/memory-mutes.ts';
import { createMemoryRevocations } from '../../storage/revocations/memory-revocations.ts';
import { systemClock } from '../../system/clock.ts';
import { settleInTime } from '../../system/settle-in-time.ts';
import { createMemoryOutboxes } from '../../webhooks/outbox/create-outbox.ts';
import { openAcceptor, type Acceptor } from '../../workers/primary/acceptor.ts';
import { createWorkerView } from '../../workers/primary/worker-view.ts';
import { Workers, type ServedWorker } from '../../workers/primary/workers.ts';
import { SharedStore } from '../../workers/shared-store.ts';
import { createBanner } from './banner.ts';
import { createLogger } from './create-logger.ts';
import { createOwnParts } from './own-parts.ts';
import type { ProcessInput } from './serve.ts';
import { createStopping } from './stopping.ts';
import { VERSION } from '../../system/package-info.ts';

/** How long what the primary process holds may take to close, in milliseconds. */
const RELEASE_MS = 2_000;

/**
 * Serves with so many workers, until a signal or the TARS node ends it.
 * @throws {ConfigError} {ListenError} {StoreError} {WorkerFailedError} (as rejections) when it cannot start.
 */
export async function runPrimary<All extends ServantDefinitions>(
  { settings, configFile, version, code = {} }: ProcessInput<All>,
  count: number,
): Promise<void> {
  const transport = pickTransport(settings, code.transport);
  const { host, limits, tars } = settings;
  const conf = loadTarsConf(configFile);
  const logFile = conf && openPlatformLog(conf);
  const log = createLogger(settings.log, logFile);
  for (const warning of findWarnings(settings, code.authenticate !== undefined)) log.warn(warning);

  // With Redis each worker is a node of its own, and nothing is held here.
  const usesRedis = settings.redis.url !== undefined;
  const own = { ...createOwnParts(settings), ...code };
  const connectBroker = createMemoryBrokers({ maxBytes: limits.historyBytes });
  const presence = createMemoryPresence();
  const store = new SharedStore(own.store ?? createMemoryStore(), presence);
  if (!usesRedis) await store.open();
  const control = new ControlHub();
  const revocations = own.revocations ?? createMemoryRevocations();
  const serveRevocations = createTableServing('revocations', revocations);
  const mutes = own.mutes ?? createMemoryMutes();
  const serveMutes = createTableServing('mutes', mutes);
  const statStore = own.statStore ?? createConfiguredStatStore(settings.monitor);

  const outboxes = new OutboxHub(own.outbox ?? createMemoryOutboxes, systemClock);

  const { name, reason } = transport;
  const view = createWorkerView({
    settings,
    version,
    transport: { name, ...(reason !== undefined && { reason }) },
    workers: () => workers,
  });

  function serveParts({ id, process: { channel, stderr } }: ServedWorker): () => void {
    channel.serve('life', { event: (name: ServerEventName, event: object) => view.tell(name, event) });
    if (logFile !== undefined) stderr?.on('data', (lines: Buffer) => logFile.write(lines.toString()));
    serveStatStore(channel, statStore);
    if (usesRedis) return () => undefined;
    const broker = connectBroker();
    serveBroker(channel, broker);
    control.serve(channel);
    const listed = servePresence(channel, presence);
    serveStore(channel, store.of(id));
    serveRevocations(channel);
    serveMutes(channel);
    const endOutboxes = outboxes.serve(channel);
    return () => {
      void broker.close();
      for (const [room, members] of listed)
        for (const member of members.keys()) void presence.remove(room, member);
      store.leave(id, listed);
      endOutboxes();
    };
  }

  const acceptors: Acceptor[] = [];
  let port = settings.port;
  let tarsPort: number | undefined;
  const isGiven = transport.name !== 'uws';
  const workers = new Workers({
    count,
    drainMs: settings.drainSeconds * 1000,
    takesStderr: logFile !== undefined,
    placement: () => ({ host, port, isGiven, ...(tarsPort !== undefined && { tarsPort }) }),
    serve: serveParts,
    log,
  });
  const accept = (name: string, at: { host: string; port: number }): Promise<Acceptor> =>
    listen(at, () => openAcceptor({ ...at, give: (socket) => workers.give(name, socket) }), acceptors);

  let begin: (() => void) | undefined;
  const platform =
    conf &&
    joinPlatform({
      conf,
      server: view,
      numbers: view.numbers,
      statStore,
      version,
      configFiles: tars.configFiles,
      configDir: tars.configDir,
      stop: () => begin?.(),
      log: withLevel(log, (level) => workers.tell('life.logLevel', [level])),
    });

  /** A disk may never answer. */
  async function release(): Promise<void> {
    await settleInTime(systemClock, close(), RELEASE_MS, 'what is open does not close').catch(
      (err: unknown) => {
        log.error({ err }, 'not everything could be written');
        process.exitCode = 1;
      },
    );
  }

  async function close(): Promise<void> {
    await platform?.stop();
    for (const acceptor of acceptors) acceptor.close();
    await Promise.allSettled([revocations.close(), mutes.close(), statStore.close(), outboxes.close()]);
    await store.close();
  }

  try {
    await platform?.prepare();
    if (tars.listen !== undefined) {
      const parsed = parseEndpoint(tars.listen);
      if (parsed.ok) tarsPort = (await accept('tars', parsed.endpoint)).port;
    }
    if (isGiven) port = (await accept('web', { host, port })).port;
    else port = await claimPort(host, port);
    await workers.start();
    await platform?.start();
  } catch (error) {
    workers.kill();
    await release();
    throw error;
  }

  const stopping = createStopping(async () => {
    await workers.end();
  });
  begin = () => stopping.begin();
  process.on('SIGUSR2', () => {
    log.info({ count }, 'workers.replacing');
    workers.replaceAll().then(
      () => log.info({ count }, 'workers.replaced'),
      (err: unknown) => log.error({ err }, 'the workers were not replaced'),
    );
  });
  process.stdout.write(createBanner({ host, port }, settings, { version: VERSION, transport }, count));
  try {
    await Promise.race([stopping.ended, workers.failed]);
  } finally {
    workers.kill();
    await release();
    logFile?.close();
  }
}

/** The platform sets the level of this log; the workers are told. */
function withLevel(log: Logger, tell: (level: string) => void): Logger {
  log.on('level-change', tell);
  return log;
}

/** @throws {ConfigError} where several processes cannot share the port. */
function pickTransport({ transport, host }: ProcessInput<{}>['settings'], given: unknown) {
  if (typeof given === 'function') throw refuse('1: a transport of your own is in one process');
  try {
    const chosen = chooseTransport(transport, host);
    if (chosen.name === 'uws' && process.platform !== 'linux') {
      throw refuse(
        `1 with uWebSockets.js: this system (${process.platform}) does not spread connections over processes; set transport to ws`,
      );
    }
    return chosen;
  } catch (error) {
    if (!(error instanceof UwsUnavailableError)) throw error;
    throw new ConfigError([{ path: 'transport', given: '"uws"', allowed: error.message }]);
  }
}

function refuse(allowed: string): ConfigError {
  return new ConfigError([{ path: 'workers', given: 'more than 1', allowed }]);
}

/** Each worker listens itself; uWebSockets.js shares no port that the system chooses. */
async function claimPort(host: string, asked: number): Promise<number> {
  const port = await findFreePort({ host, port: asked });
  if (port === undefined) throw new ListenError(host, asked);
  return port;
}

async function listen(
  { host, port }: { host: string; port: number },
  open: () => Promise<Acceptor>,
  acceptors: Acceptor[],
): Promise<Acceptor> {
  try {
    const acceptor = await open();
    acceptors.push(acceptor);
    return acceptor;
  } catch {
    throw new ListenError(host, port);
  }
}
