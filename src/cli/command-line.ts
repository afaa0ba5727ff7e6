/** The command line `statecast`: its commands and flags. What `serve` does is told to it. */

import { readFileSync } from 'node:fs';
import { Command, Option } from 'commander';
import { runConfigCommand } from './config.ts';
import { FILE_VARIABLE } from '../config/environment.ts';
import { FIELDS } from '../config/schema/fields.ts';
import type { SettingsFlags } from '../config/flags.ts';
import { loadSettings, type SettingsSources } from '../config/load-settings.ts';
import type { ChartsFlags } from './charts.ts';
import type { PackageFlags } from './package/package.ts';
import type { Settings } from '../config/schema/settings.ts';

/** What `statecast tars2ts` is told. */
export interface Tars2tsFlags {
  readonly out: string;
  readonly client?: boolean;
  readonly server?: boolean;
  readonly long: 'number' | 'string' | 'bigint';
  readonly withTars?: boolean;
  readonly runtime: string;
}

/** What a command line hands its results to. */
export interface CommandLineActions {
  /** @param configFile the file that `--config` or its variable names. */
  serve(settings: Settings, configFile: string | undefined): Promise<void>;
  pack(flags: PackageFlags): Promise<void>;
  compile(files: readonly string[], flags: Tars2tsFlags): Promise<void>;
  draw(flags: ChartsFlags): Promise<void>;
  print(text: string): void;
}

/** Makes the command line. Parsing rejects with `ConfigError` for a bad configuration and exits for a bad command line. */
export function createCommandLine(actions: CommandLineActions): Command {
  const program = new Command('statecast')
    .description('A real-time room server.')
    .version(readVersion())
    .showHelpAfterError('Try "statecast --help" for the commands, "statecast serve --help" for the flags.')
    .addHelpText(
      'after',
      '\nWithout a command it serves: "statecast --port 9000" is "statecast serve --port 9000".',
    );

  addSettingsFlags(program.command('serve', { isDefault: true }))
    .description('start the server')
    .action((options: Options) => {
      const sources = toSources(options);
      return actions.serve(loadSettings(sources), sources.file ?? sources.env[FILE_VARIABLE]);
    });

  program
    .command('package')
    .description('pack the built project for a TARS platform, and upload it if asked to')
    .option('--out <file>', 'the archive (default: NAME.tgz, by the name in tars/service.json)')
    .option(
      '--target <platform-arch>',
      'what the servers run on, such as linux-x64 (default: as this machine)',
    )
    .option('--upload <url>', "the platform's web, such as http://tars.example.com:3000")
    .option('--ticket <ticket>', "the platform's ticket for uploads")
    .option('--comment <text>', 'what the platform shows beside the version')
    .action((flags: PackageFlags) => actions.pack(flags));

  program
    .command('tars2ts')
    .description('compile .tars files to TypeScript modules')
    .argument('<files...>', '.tars files; what they include is compiled with them')
    .requiredOption('--out <dir>', 'the directory to write to')
    .option('--client', 'write proxies only')
    .option('--server', 'write servants only')
    .addOption(
      new Option('--long <type>', 'what a long is').choices(['number', 'string', 'bigint']).default('number'),
    )
    .option('--with-tars', "allow names that start with 'tars', as the platform's own files have")
    .option('--runtime <module>', 'what generated code imports', 'statecast/tars')
    .action((files: string[], flags: Tars2tsFlags) => actions.compile(files, flags));

  program
    .command('charts')
    .description('write the charts of all machines as files')
    .option('--out <dir>', 'the directory to write to')
    .option('--format <names>', 'some of svg, mermaid and json, with commas between them (default: all)')
    .option('--docs', 'print docs/statecharts.md instead')
    .action((flags: ChartsFlags) => actions.draw(flags));

  addSettingsFlags(program.command('config'))
    .description('print the effective settings as JSON, secrets masked')
    .option('--docs', 'print docs/configuration.md instead')
    .action((options: Options) => {
      actions.print(runConfigCommand(toSources(options), options.docs ?? false));
    });

  return program;
}

/** What commander makes of the flags; those of settings are texts. */
interface Options {
  readonly config?: string;
  readonly docs?: boolean;
  readonly [flag: string]: string | boolean | undefined;
}

function addSettingsFlags(command: Command): Command {
  for (const { flag, meaning } of FIELDS) {
    if (flag !== undefined) command.option(flag, meaning);
  }
  return command.option(
    '-c, --config <file>',
    'A JSON file of settings, or the configuration of a TARS platform. Environment and flags win over it.',
  );
}

function toSources({ config, docs: _docs, ...flags }: Options): SettingsSources {
  const texts = Object.entries(flags).map(([name, value]) => [
    name,
    value === undefined ? undefined : String(value),
  ]);
  return { file: config, env: process.env, flags: Object.fromEntries(texts) as SettingsFlags };
}

/** `package.json` is two directories up in the source and in `dist` alike. */
function readVersion(): string {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}
