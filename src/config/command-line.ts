/** The command line `statecast`: its commands and flags. What `serve` does is told to it. */

import { readFileSync } from 'node:fs';
import { Command } from 'commander';
import { runConfigCommand } from './config-command.ts';
import { FIELDS } from './fields.ts';
import { loadSettings, type SettingsSources } from './load-settings.ts';
import type { Settings } from './settings.ts';

/** What a command line hands its results to. */
export interface CommandLineActions {
  serve(settings: Settings): Promise<void>;
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
    .action((options: Options) => actions.serve(loadSettings(toSources(options))));

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
  return command.option('--config <file>', 'A JSON file of settings. Environment and flags win over it.');
}

function toSources({ config, docs: _docs, ...flags }: Options): SettingsSources {
  return { file: config, env: process.env, flags: flags as Record<string, string | undefined> };
}

/** `package.json` is two directories up in the source and in `dist` alike. */
function readVersion(): string {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}
