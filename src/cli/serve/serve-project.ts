/** Runs the server of a project as `statecast serve` runs one: settings, store, log, signals, and the TARS platform. */

import { FILE_VARIABLE } from '../../config/environment.ts';
import { ConfigError } from '../../config/layer/config-error.ts';
import { loadSettings } from '../../config/load-settings.ts';
import { readProcessSources } from '../../config/process-sources.ts';
import type { SettingsInput } from '../../config/schema/settings.ts';
import { findOptionProblems } from '../../server/check-options.ts';
import { eraseTypes } from '../../server/create-server.ts';
import { pickRoomSettings } from '../../server/room-definitions.ts';
import type { ServantDefinitions } from '../../server/servants/rpc.ts';
import type { ServerOptions } from '../../server/server-options.ts';
import { VERSION } from '../../system/package-info.ts';
import type { ServedProcess } from './serve.ts';

/** The options of `createServer`, and what only a process has. */
export interface ServeOptions<
  All extends ServantDefinitions = {},
  MemberData = unknown,
  Rooms = Readonly<Record<string, unknown>>,
> extends ServerOptions<All, MemberData, Rooms> {
  /** The directory of the store, if `store` is not given. Default `./data`. */
  readonly dataDir?: SettingsInput['dataDir'];
  readonly log?: SettingsInput['log'];
  /** Whether the example servant runs too, and every room may call it as `hello`. Default false. */
  readonly demo?: SettingsInput['demo'];
  /** The version that the TARS platform shows. Default: that of Statecast. */
  readonly version?: string;
  /**
   * The words after the program's name. `--config FILE`, `--config=FILE` or `-c FILE` names a file of settings, which may
   * be the configuration of a TARS platform. Other words are left to the program. Default: those of this process.
   */
  readonly args?: readonly string[];
}

/**
 * Starts a server of your own as a process, and resolves when it listens. Settings come from `options`, from the file that
 * the command line or `STATECAST_CONFIG` names, and from the environment; a later one wins. Rooms have the handlers of
 * `options` and what any of these says of them.
 *
 * If the file is the configuration of a TARS platform, the server lives there: it listens at the platform's endpoint,
 * sends keep-alives for each adapter, reports, pulls configuration files, obeys commands, and writes the platform's log.
 *
 * With more than one worker (`workers`) the program runs once in each of them, and there the promise resolves. In the primary
 * process, which starts them and serves nobody, it never resolves: that process exits with 0 when all workers have been
 * stopped, so what follows the call runs in workers only. It rejects there when the workers cannot start.
 *
 * SIGTERM, SIGINT, SIGHUP or the platform stop it; a second SIGTERM or SIGINT ends the process at once.
 * @throws {ConfigError} (as a rejection, like all) listing every problem with the settings.
 * @throws {ListenError} when the address cannot be listened on.
 * @throws {StoreError} when the store cannot be used at all.
 */
export async function serve<
  All extends ServantDefinitions = {},
  MemberData = unknown,
  Rooms = Readonly<Record<string, unknown>>,
>(options: ServeOptions<All, MemberData, Rooms> = {}): Promise<ServedProcess<All, Rooms>> {
  // The settings are picked from the options: what has no usable form would be lost there.
  const problems = findOptionProblems(options);
  if (problems.length > 0) throw new ConfigError(problems);
  const { version = VERSION, args, dataDir, log, demo, ...typed } = options;
  const code = eraseTypes<All, MemberData, Rooms>(typed);
  const sources = readProcessSources(args);
  const settings = loadSettings({
    ...sources,
    code: {
      ...pickSettings(code),
      ...(dataDir !== undefined && { dataDir }),
      ...(log !== undefined && { log }),
      ...(demo !== undefined && { demo }),
    },
  });
  // Loaded when it is needed: a library user who only makes servers needs no log.
  const { startProcess } = await import('./serve.ts');
  const configFile = sources.file ?? sources.env[FILE_VARIABLE];
  return startProcess({ settings, configFile, version, code });
}

/** Options that no file of settings has. */
const PARTS: ReadonlySet<string> = new Set([
  'store',
  'codecs',
  'broker',
  'presence',
  'control',
  'statStore',
  'servants',
  'routes',
  'onError',
  'authenticate',
  'onBroadcast',
  'onCall',
  'onSend',
]);

/** The settings among the options, without parts. */
function pickSettings<All extends ServantDefinitions>({ rooms, ...options }: ServerOptions<All>): object {
  const settings = Object.entries(options).filter(
    ([name, value]) => !PARTS.has(name) && value !== undefined && !isTransport(name, value),
  );
  return { ...Object.fromEntries(settings), ...(rooms !== undefined && { rooms: pickRoomSettings(rooms) }) };
}

/** A transport of its own is no setting. */
function isTransport(name: string, value: unknown): boolean {
  return name === 'transport' && typeof value === 'function';
}
