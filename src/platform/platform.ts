/** Everything that a server does for the TARS platform it runs on: keep-alives, admin commands, configuration files, reports. */

import { resolve } from 'node:path';
import type { Clock } from '../system/clock.ts';
import { createServantServer, type ServantServer } from '../tars/server/servant-server.ts';
import { createAdminCommands, type AdminCommandsOptions } from './admin/admin-commands.ts';
import { createAdminServant } from './admin/admin-servant.ts';
import { watchAlarms } from './reports/alarms.ts';
import { createKeepAlive } from './reports/keep-alive.ts';
import { createMemoryStatStore } from './statistics/memory-stat-store.ts';
import { createNotifier } from './reports/notifier.ts';
import type { PlatformCaller, PlatformLog } from './calls/platform-caller.ts';
import { createPropertyReporter } from './reports/property-reporter.ts';
import { createRemoteConfig } from './admin/remote-config.ts';
import { watchNumbers, type CountedServer, type NumbersSource } from './reports/server-numbers.ts';
import type { CallRecord } from './statistics/stat-counts.ts';
import { createStatReporter } from './statistics/stat-reporter.ts';
import type { StatStore } from './statistics/stat-store.ts';
import type { TarsConf } from '../config/tars-conf/tars-conf.ts';

/** How long the last reports may take when the server stops: the node daemon kills a process that takes too long. */
const LAST_REPORTS_MS = 500;
/** The directory of pulled files, below the platform's `basepath`. */
const CONFIG_DIRECTORY = 'conf';

export interface PlatformOptions {
  readonly conf: TarsConf;
  readonly caller: PlatformCaller;
  readonly server: AdminCommandsOptions['server'] & CountedServer;
  readonly log: PlatformLog;
  readonly clock: Clock;
  readonly pid: number;
  readonly version: string;
  readonly setLogLevel: AdminCommandsOptions['setLogLevel'];
  /** Begins to stop the server: the node daemon asked for it. May be called more than once. */
  readonly stop: () => void;
  /** The configuration files on the platform that `prepare` pulls. Default: none. */
  readonly configFiles?: readonly string[];
  /** Their directory, relative to `basepath`. Default: `conf`. */
  readonly configDir?: string;
  /** The store of call statistics that wait to be sent. Default: in memory. `stop` closes it. */
  readonly statStore?: StatStore;
  /** The metrics. Default: those of `server` and of this process. */
  readonly numbers?: NumbersSource;
}

export interface Platform {
  /** Pulls the configuration files; call it before the server listens. It takes seconds when the platform is down. */
  prepare(): Promise<void>;
  /** Starts keep-alives, admin servant and reports; call it when the server listens. It never rejects. */
  start(): Promise<void>;
  /** Counts a finished call of a servant. */
  recordCall(call: CallRecord): void;
  /** Sends the last reports within half a second and stops; call it when the server has closed. */
  stop(): Promise<void>;
}

/** Creates the parts. A part is left out if the configuration does not name its object. */
export function createPlatform(options: PlatformOptions): Platform {
  const { conf, server, log, clock, statStore = createMemoryStatStore() } = options;
  const shared = { conf, caller: options.caller, clock, log, pid: options.pid, version: options.version };

  const keepAlive = ifNamed(conf.node, (object) => createKeepAlive({ ...shared, object }));
  const notifier = ifNamed(conf.notify, (object) => createNotifier({ ...shared, object }));
  const stats = ifNamed(conf.stat, (object) => createStatReporter({ ...shared, object, store: statStore }));
  const remoteConfig = ifNamed(conf.config, (object) =>
    createRemoteConfig({
      ...shared,
      object,
      dir: resolve(conf.basePath ?? '.', options.configDir ?? CONFIG_DIRECTORY),
    }),
  );
  const admin = ifNamed(conf.admin, (endpoint) => {
    const run = createAdminCommands({
      ...shared,
      server,
      setLogLevel: options.setLogLevel,
      ...(remoteConfig !== undefined && { remoteConfig }),
    });
    const servant = createAdminServant({ run, stop: options.stop, clock, log });
    return createServantServer({
      ...endpoint,
      // The node daemon uses the short name, other tools use the long one.
      servants: new Map([
        ['AdminObj', servant],
        [`${conf.app}.${conf.server}.AdminObj`, servant],
      ]),
      onError: (err) => log.warn({ err }, 'the admin servant refused a connection'),
    });
  });
  let numbers: NumbersSource | undefined;
  let unwatchAlarms: (() => void) | undefined;
  const properties = ifNamed(conf.property, (object) =>
    createPropertyReporter({ ...shared, object, read: () => numbers?.read() }),
  );
  const parts = [keepAlive, properties, stats, notifier].filter((part) => part !== undefined);

  return {
    async prepare() {
      const { configFiles = [] } = options;
      if (configFiles.length > 0 && remoteConfig === undefined) {
        log.warn({ configFiles }, 'the platform names no object to pull files from');
      }
      if (remoteConfig !== undefined) await Promise.all(configFiles.map((name) => remoteConfig.pull(name)));
    },

    async start() {
      numbers = options.numbers ?? watchNumbers(server);
      unwatchAlarms = watchAlarms(server, (level, text) => notifier?.alarm(level, text));
      await listen(admin, log);
      // Operators search the platform's messages for "restart" and "stop".
      notifier?.report('restart');
      for (const part of parts) part.start();
    },

    recordCall(call) {
      stats?.record(call);
    },

    async stop() {
      unwatchAlarms?.();
      if (numbers !== undefined) notifier?.report('stop');
      await within(
        clock,
        LAST_REPORTS_MS,
        Promise.all([admin?.close(), ...parts.map((part) => part.stop())]),
      );
      numbers?.stop();
      await within(clock, LAST_REPORTS_MS, statStore.close());
    },
  };
}

function ifNamed<Name, Part>(name: Name | undefined, create: (name: Name) => Part): Part | undefined {
  return name === undefined ? undefined : create(name);
}

/** A server without its admin servant still serves rooms, so this failure is only logged. */
async function listen(admin: ServantServer | undefined, log: PlatformLog): Promise<void> {
  try {
    await admin?.listen();
  } catch (err) {
    log.error({ err }, 'the admin servant cannot listen: the TARS node has no way to reach this server');
  }
}

/** Waits for work, but not longer than a limit; it never rejects. */
async function within(clock: Clock, limitMs: number, work: Promise<unknown>): Promise<void> {
  let timer: unknown;
  const limit = new Promise<void>((resolve) => {
    timer = clock.setTimeout(resolve, limitMs);
  });
  await Promise.race([work.then(nothing, nothing), limit]);
  clock.clearTimeout(timer);
}

function nothing(): void {}
