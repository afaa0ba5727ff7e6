/** The commands that speak to a running server by its HTTP API: their arguments and flags. Each is loaded when it runs. */

import type { Command } from 'commander';
import type { ApiClient } from './api-client.ts';
import { untilStopped } from '../terminal/until-stopped.ts';
import type { PublishFlags } from './publish.ts';
import type { ServerFlags } from './server-address.ts';
import type { WhyFlags } from './why.ts';

export interface RemoteCommandsInput {
  readonly env: NodeJS.ProcessEnv;
  readonly print: (text: string) => void;
  /** Writes what is no result. */
  readonly tell: (text: string) => void;
}

type Flags = ServerFlags & { readonly json?: boolean };

export function addRemoteCommands(program: Command, { env, print, tell }: RemoteCommandsInput): void {
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

  addServerFlags(program.command('rooms'))
    .description('list the rooms of a running server that have members')
    .argument('[pattern]', 'only such rooms: "chat:*"; "*" is any text, and "?" is one character')
    .action(async (pattern: string | undefined, flags: Flags) => {
      const { runRooms } = await import('./rooms.ts');
      print(await runRooms(await open(flags), pattern, flags));
    });

  addServerFlags(program.command('who'))
    .description('list the members of a room of a running server')
    .argument('<room>', 'the room')
    .action(async (room: string, flags: Flags) => {
      const { runWho } = await import('./who.ts');
      print(await runWho(await open(flags), room, flags));
    });

  addServerFlags(program.command('why'))
    .description('tell what a running server refused or closed, and what failed in the last hour, and why')
    .argument('[who]', 'the name of a user; without it, of everybody')
    .option('--client', 'what is given is the id of a connection')
    .option('--room <room>', 'only in this room')
    .action(async (who: string | undefined, flags: Flags & WhyFlags) => {
      const { runWhy } = await import('./why.ts');
      print(await runWhy(await open(flags), who, flags));
    });

  addServerFlags(program.command('watch'))
    .description('show what happens in a room of a running server, until Ctrl-C')
    .argument('<room>', 'the room')
    .action(async (room: string, flags: Flags) => {
      const { findServer } = await import('./server-address.ts');
      const { runWatch } = await import('./watch.ts');
      const server = findServer(flags, env);
      await runWatch({ server, room, json: flags.json ?? false, signal: untilStopped(), print, tell });
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
