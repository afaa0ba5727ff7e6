/** The admin commands of a server on a TARS platform, which an operator runs, and their answers. */

import { readFile } from 'node:fs/promises';
import type { Settings } from '../../config/schema/settings.ts';
import type { Health } from '../../http/health-route.ts';
import { LOG_LEVELS, readTarsSettings } from '../../config/tars-conf/conf-settings.ts';
import type { RemoteConfig } from './remote-config.ts';
import type { TarsConf, TarsLogLevel } from '../../config/tars-conf/tars-conf.ts';

export interface AdminCommandsOptions {
  readonly conf: TarsConf;
  readonly version: string;
  readonly pid: number;
  readonly server: {
    readonly settings: Omit<Settings, 'store' | 'dataDir' | 'log'>;
    health(): Health;
    /** The states of machines, by what they are. */
    states(): Readonly<Record<string, string>>;
  };
  /** Sets the log level, as in `log.level`. */
  readonly setLogLevel: (level: (typeof LOG_LEVELS)[TarsLogLevel]) => void;
  /** Absent if the platform has no object for configuration files. */
  readonly remoteConfig?: RemoteConfig;
}

/** Runs a command such as `tars.setloglevel DEBUG`, and resolves to its answer. */
export type RunAdminCommand = (command: string) => Promise<string>;

interface AdminCommand {
  /** The argument, as it is shown in the list of commands. */
  readonly argument?: string;
  readonly meaning: string;
  run(argument: string): Promise<string> | string;
}

export function createAdminCommands(options: AdminCommandsOptions): RunAdminCommand {
  const { conf, version, server, remoteConfig, setLogLevel } = options;

  const commands: Readonly<Record<string, AdminCommand>> = {
    'tars.viewversion': {
      meaning: 'the version of this server',
      run: () => version,
    },
    'tars.viewstatus': {
      meaning: 'the status of this server, and the states of its machines',
      run: () => writeLines(describeStatus(options)),
    },
    'tars.connection': {
      meaning: 'the number of connections and rooms',
      run() {
        const { connections, rooms } = server.health();
        return writeLines({ connections, rooms });
      },
    },
    'tars.setloglevel': {
      argument: 'LEVEL',
      meaning: `log from this level on: ${Object.keys(LOG_LEVELS).join(', ')}`,
      run(argument) {
        const level = argument.toUpperCase();
        if (!isLogLevel(level)) return `set log level [${argument}] error: not a level`;
        setLogLevel(LOG_LEVELS[level]);
        return `set log level [${level}] ok`;
      },
    },
    'tars.loadconfig': {
      argument: 'FILE',
      meaning: 'pull a configuration file from the platform',
      async run(name) {
        if (name === '') return 'which file? tars.loadconfig FILE';
        if (remoteConfig === undefined) return '[fail] no config object is set for this server';
        const outcome = await remoteConfig.pull(name);
        return outcome.type === 'kept'
          ? `[fail] ${name} was not pulled: ${outcome.reason}`
          : `[succ] ${name}: ${outcome.type}, ${outcome.path}`;
      },
    },
    'tars.loadproperty': {
      meaning: 'read the configuration of this server again',
      run: () => reload(conf.file, setLogLevel),
    },
    'tars.help': {
      meaning: 'this list',
      run: help,
    },
  };

  function help(): string {
    return Object.entries(commands)
      .map(([name, { argument, meaning }]) => `${[name, argument].filter(Boolean).join(' ')}: ${meaning}`)
      .join('\n');
  }

  return async (text) => {
    const [name = '', ...words] = text.trim().split(/\s+/);
    const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
    if (command === undefined) return `there is no command ${JSON.stringify(name)}; there are\n${help()}`;
    return command.run(words.join(' '));
  };
}

function isLogLevel(text: string): text is TarsLogLevel {
  return Object.hasOwn(LOG_LEVELS, text);
}

function describeStatus({ conf, version, pid, server }: AdminCommandsOptions) {
  const { errors: _errors, features: _features, servants: _servants, transport, ...health } = server.health();
  const states = Object.entries(server.states()).map(([what, state]) => [`state of ${what}`, state]);
  return {
    server: `${conf.app}.${conf.server}`,
    pid,
    ...health,
    transport: transport.name,
    version,
    host: server.settings.host,
    port: server.settings.port,
    conf: conf.file,
    log: conf.log.file ?? 'stderr',
    ...(Object.fromEntries(states) as Record<string, string>),
  };
}

function writeLines(values: Readonly<Record<string, unknown>>): string {
  return Object.entries(values)
    .map(([name, value]) => `${name}: ${String(value)}`)
    .join('\n');
}

/** Only the log level of the file can be changed in a running server. */
async function reload(file: string, setLogLevel: AdminCommandsOptions['setLogLevel']): Promise<string> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    return `[fail] ${file} cannot be read: ${error instanceof Error ? error.message : String(error)}`;
  }
  const { conf, layer } = readTarsSettings(text, file);
  if (conf === undefined) {
    const problems = layer.problems.map(
      ({ path, source, allowed }) => `${source ?? file}: ${path}: ${allowed}`,
    );
    return [`[fail] ${file} was not loaded`, ...problems].join('\n');
  }
  setLogLevel(LOG_LEVELS[conf.log.level]);
  return `[succ] the log level is ${conf.log.level}; all else takes effect at the next start`;
}
