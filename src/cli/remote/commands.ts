/** The commands that speak to a running server by its HTTP API: their arguments and flags. Each is loaded when it runs. */

import type { Command } from 'commander';
import type { ApiClient } from './api-client.ts';
import type { PublishFlags } from './publish.ts';
import type { ServerFlags } from './server-address.ts';

export interface RemoteCommandsInput {
  readonly env: NodeJS.ProcessEnv;
  readonly print: (text: string) => void;
}

type Flags = ServerFlags & { readonly json?: boolean };

export function addRemoteCommands(program: Command, { env, print }: RemoteCommandsInput): void {
  async function open(flags: Flags): Promise<ApiClient> {
    const { findServer } = await import('./server-address.ts');
    const { createApiClient } = await import('./api-client.ts');
    return createApiClient(findServer(flags, env));
  }

  addServerFlags(program.command('publish'))
    .description('publish a message in a room of a running server')
    .argument('<room>', 'the room')
    .argument('<data>', 'the message: JSON, or else a text; "-" reads it from the standard input')
    .option('--text', 'the message is a text, even if it is JSON')
    .option('--tag <name=value>', 'a tag for the receivers; may be repeated', collect)
    .option('--idempotency-key <key>', 'for five minutes, the same key publishes only once in this room')
    .action(async (room: string, data: string, flags: Flags & PublishFlags) => {
      const { runPublish } = await import('./publish.ts');
      print(await runPublish(await open(flags), room, data, flags, process.stdin));
    });
}

function addServerFlags(command: Command): Command {
  return command
    .option('--url <url>', 'where the server is (default: STATECAST_URL, or host and port of the settings)')
    .option('--key <key>', 'its API key (default: STATECAST_HTTP_API_KEY, or the one of the settings)')
    .option('-c, --config <file>', "the server's file of settings, to take address and key from")
    .option('--json', 'print JSON');
}

/** The values of a flag that may be repeated. */
function collect(value: string, others: readonly string[] = []): readonly string[] {
  return [...others, value];
}
