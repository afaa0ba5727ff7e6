#!/usr/bin/env node
/** The program `statecast`: hands the command line to its command, and says in one place why it could not be done. */

import { createCommandLine } from './cli/command-line.ts';
import { ConfigError } from './config/layer/config-error.ts';
import { PackageError } from './cli/package/package-error.ts';
import { StoreError } from './storage/store-error.ts';
import { ListenError } from './transport/transport.ts';

const EXIT_FAILED = 1;
const EXIT_BAD_CONFIG = 2;

const commandLine = createCommandLine({
  async serve(settings, configFile) {
    // Printing the configuration must not load the native socket library.
    const { serve } = await import('./cli/serve/serve.ts');
    await serve(settings, configFile);
  },
  async compile(files, flags) {
    const { runTars2ts } = await import('./cli/tars2ts.ts');
    const { exitCode, stderr, written } = await runTars2ts({ files, ...flags });
    process.stderr.write(stderr);
    process.exitCode = exitCode;
    for (const file of written) process.stdout.write(`${file}\n`);
  },
  async draw(flags) {
    const { runCharts } = await import('./cli/charts.ts');
    const { exitCode, stdout, stderr } = await runCharts(flags);
    process.stdout.write(stdout);
    process.stderr.write(stderr);
    process.exitCode = exitCode;
  },
  async pack(flags) {
    const { runPackage } = await import('./cli/package/package.ts');
    await runPackage('.', flags, { print, isTerminal: process.stdout.isTTY });
  },
  print,
});

try {
  await commandLine.parseAsync();
} catch (error) {
  if (error instanceof ConfigError) fail(error, EXIT_BAD_CONFIG);
  else if (error instanceof ListenError || error instanceof StoreError || error instanceof PackageError)
    fail(error, EXIT_FAILED);
  else throw error;
}

function print(text: string): void {
  process.stdout.write(text);
}

/** For what the person at the keyboard can mend: its message alone. Anything else is a bug and shows its stack. */
function fail(error: Error, exitCode: number): void {
  process.stderr.write(`statecast: ${error.message}\n`);
  process.exitCode = exitCode;
}
