/** Connects a server process to its TARS platform: creates the parts of the platform with real sockets and clock. */

import { readFileSync } from 'node:fs';
import { systemClock } from '../system/clock.ts';
import { toPlainText } from '../system/plain-text.ts';
import { createDirectCaller, type DirectCaller } from '../tars/client/direct-caller.ts';
import { createRegistryLocator } from '../tars/client/registry-locator.ts';
import { createTcpLink } from '../tars/client/tcp-link.ts';
import { isTarsConf } from '../config/tars-conf/conf-parser.ts';
import { readTarsSettings } from '../config/tars-conf/conf-settings.ts';
import type { CallStatistics } from './statistics/call-statistics.ts';
import type { PlatformCaller, PlatformLog } from './calls/platform-caller.ts';
import { nameSet } from './calls/set-name.ts';
import { createPlatform, type Platform, type PlatformOptions } from './platform.ts';
import { openRotatingFile, type LogDestination } from './rotating-file.ts';
import type { TarsConf } from '../config/tars-conf/tars-conf.ts';

export interface JoinOptions extends Pick<
  PlatformOptions,
  'conf' | 'version' | 'stop' | 'configFiles' | 'configDir' | 'statStore' | 'numbers'
> {
  /** Its calls of servants are counted, if it has `callStatistics`; their store is the default of `statStore`. */
  readonly server: PlatformOptions['server'] & { readonly callStatistics?: CallStatistics };
  /** A pino logger: `tars.setloglevel` sets its level. */
  readonly log: PlatformLog & { level: string };
}

/**
 * Reads a TARS configuration; undefined if there is no file, it is no TARS configuration, or it has mistakes, which
 * `loadSettings` reports.
 */
export function loadTarsConf(file: string | undefined): TarsConf | undefined {
  if (file === undefined) return undefined;
  try {
    const text = readFileSync(file, 'utf8');
    return isTarsConf(text) ? readTarsSettings(text, file).conf : undefined;
  } catch {
    return undefined;
  }
}

/** Opens the log file of a configuration; undefined without a `logpath`, or if it cannot be opened, which stderr tells. */
export function openPlatformLog({ log: { file, maxBytes, files } }: TarsConf): LogDestination | undefined {
  if (file === undefined) return undefined;
  const failed = (error: unknown): void => {
    process.stderr.write(
      `statecast: ${toPlainText(`the log file ${file} cannot be written: ${String(error)}`)}\n`,
    );
  };
  try {
    return openRotatingFile({ file, maxBytes, files, failed });
  } catch (error) {
    failed(error);
    return undefined;
  }
}

export function joinPlatform({ log, ...options }: JoinOptions): Platform {
  const callers = createPlatformCallers(options.conf, log);
  const { callStatistics } = options.server;
  const platform = createPlatform({
    ...(callStatistics !== undefined && { statStore: callStatistics.store }),
    ...options,
    log,
    caller: callers.caller,
    clock: systemClock,
    pid: process.pid,
    setLogLevel(level) {
      log.level = level;
    },
  });
  const endCollecting = callStatistics?.collect((call) => platform.recordCall(call));
  return {
    ...platform,
    async stop() {
      endCollecting?.();
      await platform.stop();
      callers.close();
    },
  };
}

interface PlatformCallers {
  readonly caller: PlatformCaller;
  /** Drops all connections; calls in flight fail. */
  close(): void;
}

/**
 * Makes callers of the platform's objects over TCP, one for each object. Without a `locator`, only objects that are given
 * with endpoints can be called.
 */
function createPlatformCallers(conf: TarsConf, log: PlatformLog): PlatformCallers {
  const callers = new Map<string, DirectCaller>();
  const { locator: registry } = conf;
  const set = nameSet(conf);
  const failed = (err: unknown, object: string): void =>
    log.warn({ err, object }, 'the registry of the platform failed');
  const createLink = createTcpLink(
    registry === undefined ? {} : { locator: createRegistryLocator({ registry, set, failed }) },
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
