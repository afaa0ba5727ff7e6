/**
 * The command line `statecast`: its commands and flags. A command is loaded when it runs: `statecast config` must not
 * load the native socket library.
 */

import { Command, Option } from 'commander';
import { FILE_VARIABLE } from '../config/environment.ts';
import type { SettingsFlags } from '../config/flags.ts';
import { suggest } from '../config/layer/nearest.ts';
import { loadSettings, type SettingsSources } from '../config/load-settings.ts';
import { FIELDS } from '../config/schema/fields.ts';
import { systemClock } from '../system/clock.ts';
import { VERSION } from '../system/package-info.ts';
import { toPlainLines } from '../system/plain-text.ts';
import type { BenchFlags } from './bench/plan.ts';
import type { ChartsFlags } from './charts.ts';
import type { PackageFlags } from './package/package.ts';
import { addRemoteCommands } from './remote/commands.ts';
import type { Tars2tsOptions } from './tars2ts.ts';
import type { TokenFlags } from './token.ts';
import { untilStopped } from './terminal/until-stopped.ts';
import type { WebhookVerifyFlags } from './webhook.ts';

/** Makes the command line. Parsing rejects with `ConfigError` for a bad configuration and exits for a bad command line. */
export function createCommandLine(): Command {
  const program = new Command('statecast')
    .description('A real-time room server.')
    .version(VERSION)
    // It quotes what it was given.
    .configureOutput({ writeErr: (text) => void process.stderr.write(toPlainLines(text)) })
    .showHelpAfterError('Try "statecast --help" for the commands, "statecast serve --help" for the flags.')
    .addHelpText(
      'after',
      '\nWithout a command it serves: "statecast --port 9000" is "statecast serve --port 9000".',
    );

  addSettingsFlags(program.command('serve', { isDefault: true }))
    .description('start the server')
    .allowExcessArguments()
    .action(async (options: Options, command: Command) => {
      const [unknown] = command.args;
      if (unknown !== undefined) {
        const near = suggest(
          unknown,
          program.commands.map((known) => known.name()),
        );
        command.error(`error: there is no command ${JSON.stringify(unknown)}${near}`);
      }
      const sources = toSources(options);
      const settings = loadSettings(sources);
      const { serve } = await import('./serve/serve.ts');
      await serve(settings, sources.file ?? sources.env[FILE_VARIABLE]);
    });

  program
    .command('package')
    .description('pack the built project for a TARS platform, and upload it if asked to')
    .option(
      '--out <path>',
      'the archive, or its directory (default: NAME.tgz, by the name in tars/service.json)',
    )
    .option(
      '--target <platform-arch>',
      'what the servers run on, such as linux-x64 (default: as this machine)',
    )
    .option('--upload <url>', "the platform's web, such as http://tars.example.com:3000")
    .option('--ticket <ticket>', "the platform's ticket for uploads")
    .option('--comment <text>', 'what the platform shows beside the version')
    .action(async (flags: PackageFlags) => {
      const { runPackage } = await import('./package/package.ts');
      await runPackage('.', flags, { print, isTerminal: process.stdout.isTTY });
    });

  program
    .command('tars2ts')
    .description('compile .tars files to TypeScript or JavaScript modules')
    .argument('<files...>', '.tars files; what they include is compiled with them')
    .requiredOption('--out <dir>', 'the directory to write to')
    .option('--client', 'write proxies only')
    .option('--server', 'write servants only')
    .addOption(
      new Option('--long <type>', 'what a long is').choices(['number', 'string', 'bigint']).default('number'),
    )
    .option('--with-tars', "allow names that start with 'tars', as the platform's own files have")
    .option('--runtime <module>', 'what generated code imports', 'statecast/tars')
    .addOption(
      new Option('--js', 'write JavaScript and its declarations instead of TypeScript').conflicts('ext'),
    )
    .addOption(
      new Option('--ext <ending>', 'how imports between TypeScript modules end (default: ".js")').choices([
        '.js',
        '.ts',
        'none',
      ]),
    )
    .option('-I, --include <dir>', 'look for includes here too; may be repeated', collect)
    .option('--object <name>', 'the object that serves the interface, or INTERFACE=NAME of one', collect)
    .option('--lenient', 'accept fixed arrays and missing semicolons of older files, with a warning each')
    .action(async (files: string[], flags: Omit<Tars2tsOptions, 'files'>) => {
      const { runTars2ts } = await import('./tars2ts.ts');
      const { written, ...result } = await runTars2ts({ files, ...flags });
      finish({ ...result, stdout: written.map((file) => `${file}\n`).join('') });
    });

  program
    .command('charts')
    .description('write the charts of all machines as files')
    .option('--out <dir>', 'the directory to write to')
    .option('--format <names>', 'some of svg, mermaid and json, with commas between them (default: all)')
    .option('--docs', 'print docs/statecharts.md instead')
    .action(async (flags: ChartsFlags) => {
      const { runCharts } = await import('./charts.ts');
      finish(await runCharts(flags));
    });

  addConfigFlag(program.command('token'))
    .description('print a token, signed with auth.hmacSecret')
    .requiredOption('--user <user>', 'who the token is for')
    .option('--channel <room>', 'make a token that lets the user into this room')
    .option('--expires <time>', 'how long it is valid: 90s, 15m, 1h, 7d (default: for ever)')
    .option('--info <json>', 'what other members see of the user')
    .option('--json', 'print JSON')
    .action(async ({ config, ...flags }: TokenFlags & { readonly config?: string }) => {
      const settings = loadSettings(toSources({ config }));
      const { runToken } = await import('./token.ts');
      finish(await runToken(settings, flags, systemClock));
    });

  program
    .command('webhook')
    .description('work with webhooks')
    .command('verify')
    .description('check the signature of a request that a receiver has kept')
    .addOption(
      new Option('--secret <secret>', 'the secret of the webhook')
        .env('WEBHOOK_SECRET')
        .makeOptionMandatory(),
    )
    .requiredOption('--time <time>', 'the header X-Statecast-Time')
    .requiredOption('--signature <signature>', 'the header X-Statecast-Signature')
    .option('--body <file>', 'the body as it came (default: standard input)')
    .option('--json', 'print JSON')
    .action(async (flags: WebhookVerifyFlags) => {
      const { runWebhookVerify } = await import('./webhook.ts');
      finish(await runWebhookVerify(flags, process.stdin));
    });

  addSettingsFlags(program.command('config'))
    .description('print the effective settings as JSON, secrets masked')
    .option('--docs', 'print docs/configuration.md instead')
    .action(async (options: Options) => {
      const { runConfigCommand } = await import('./config.ts');
      print(runConfigCommand(toSources(options), options.docs ?? false));
    });

  program
    .command('check')
    .description('check a file of settings, and tell what it means; the environment counts too')
    .argument('[file]', 'the file (default: the one of STATECAST_CONFIG, or none)')
    .option('--json', 'print JSON')
    .action(async (file: string | undefined, { json }: { readonly json?: boolean }) => {
      const { runCheck } = await import('./check.ts');
      finish(await runCheck({ file, fileNamedBy: 'argument FILE', env: process.env, flags: {} }, json));
    });

  program
    .command('bench')
    .description('put a bounded load on a server, and tell how it fares')
    .argument('[url]', 'where the server is', 'ws://127.0.0.1:8000')
    .addOption(
      new Option('--protocol <name>', 'what clients speak').choices(['line', 'centrifuge']).default('line'),
    )
    .option('--connections <number>', 'how many clients, up to 10000', '50')
    .option('--rooms <number>', 'how many rooms they are in; each is in one', '5')
    .option('--rate <number>', 'messages a second, of all clients together, up to 100000', '100')
    .option('--seconds <number>', 'how long, up to 300', '10')
    .option('--size <bytes>', 'the length of a message, from 40 to 65536', '64')
    .option('--room-prefix <text>', 'how the names of the rooms begin', 'bench-')
    .option('--token <token>', 'a token that all clients send')
    .option('--i-own-this-server', 'allow a server that is not this machine')
    .option('--json', 'print JSON')
    .action(async (address: string, flags: BenchFlags) => {
      const { runBench } = await import('./bench/bench.ts');
      const isTerminal = process.stderr.isTTY && flags.json !== true;
      const showProgress = isTerminal ? (text: string) => void process.stderr.write(text) : undefined;
      finish(await runBench({ address, flags, signal: untilStopped(), showProgress }));
    });

  addRemoteCommands(program, {
    env: process.env,
    print,
    tell: (text) => void process.stderr.write(text),
  });

  return program;
}

/** What commander makes of the flags; those of settings are texts. */
interface Options {
  readonly config?: string | undefined;
  readonly docs?: boolean;
  readonly [flag: string]: string | boolean | undefined;
}

function addSettingsFlags(command: Command): Command {
  for (const { flag, meaning } of FIELDS) {
    if (flag !== undefined) command.option(flag, meaning);
  }
  return addConfigFlag(command);
}

function addConfigFlag(command: Command): Command {
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

/** The values of a flag that may be repeated. */
function collect(value: string, others: readonly string[] = []): readonly string[] {
  return [...others, value];
}

interface Result {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

function finish({ exitCode, stdout, stderr }: Result): void {
  print(stdout);
  // It may quote what a file or a server says.
  process.stderr.write(toPlainLines(stderr));
  process.exitCode = exitCode;
}

function print(text: string): void {
  process.stdout.write(text);
}
