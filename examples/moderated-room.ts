/**
 * Rooms with a moderating bot, made with the library: who may join, which messages are allowed, and commands that
 * only their sender sees answered. Run it with `npx tsx examples/moderated-room.ts` and open its pages.
 */

import { fileURLToPath } from 'node:url';
import {
  answer,
  change,
  createServer,
  drop,
  refuse,
  RefusedError,
  type MemberInfo,
  type MessageVerdict,
  type ServerOptions,
  type StatecastServer,
} from 'statecast';

/** More messages than this within the window are a flood. */
const FLOOD_MESSAGES = 5;
const FLOOD_WINDOW_MS = 5_000;

const HELP = ['!help: this list', '!who: who is here', '!mute [room], !unmute [room]: for moderators'].join(
  '\n',
);

export interface ModeratedServerOptions {
  /** Default 8000; 0 takes a free port. */
  readonly port?: number;
  /** The names that may mute rooms. */
  readonly moderators?: readonly string[];
  /** The names that may not join. */
  readonly banned?: readonly string[];
  /** The words that are replaced by stars. */
  readonly words?: readonly string[];
  /** Milliseconds since 1970. Default `Date.now`. */
  readonly now?: () => number;
}

/** Makes the server; `listen()` starts it. */
export function createModeratedServer(options: ModeratedServerOptions = {}): StatecastServer {
  const moderation = createModeration(options);
  const server = createServer(moderation.options);
  moderation.attach(server);
  return server;
}

/** What `createServer` is given, or `createTestServer` in tests, and what listens to the server. */
export interface Moderation {
  readonly options: ServerOptions;
  attach(server: StatecastServer): void;
}

export function createModeration(options: ModeratedServerOptions = {}): Moderation {
  const { port = 8000, moderators = [], banned = [], words = [], now = Date.now } = options;
  const clean = createWordFilter(words);
  const floods = createFloodGuard(now);

  return {
    options: {
      port,
      // Names are not verified: only for demonstrations and trusted networks.
      line: { userParameter: true },
      rooms: {
        '*': {
          onJoin({ room, member }) {
            if (banned.includes(nameOf(member))) return refuse(`${nameOf(member)} is banned from ${room}`);
          },
          async onMessage({ room, member, data, server }) {
            if (floods.isFlood(member.id)) {
              return drop(`not so fast: ${FLOOD_MESSAGES} messages in ${FLOOD_WINDOW_MS / 1000} seconds`);
            }
            if (typeof data !== 'string') return drop('only text can be said here');
            if (data.startsWith('!')) return obey(server, data, room, member);
            const cleaned = clean(data);
            if (cleaned !== data) return change(cleaned);
          },
          onLeave: ({ room, member, server }) => say(server, room, `${nameOf(member)} has left`),
        },
      },
    },
    attach(server) {
      // Not in onJoin: after it the join may still fail, and the new member does not receive messages of the room yet.
      server.on('member.joined', ({ room, member }) => {
        void say(server, room, `welcome, ${nameOf(member)}; try !help`);
      });
      server.on('connection.closed', ({ id }) => floods.forget(id));
    },
  };

  async function obey(
    server: StatecastServer,
    message: string,
    room: string,
    member: MemberInfo,
  ): Promise<MessageVerdict> {
    const [command = '', target = room] = message.trim().split(/\s+/);
    switch (command) {
      case '!help':
        return answer(HELP);
      case '!who':
        return answer(`here: ${(await server.members(room)).map(nameOf).join(', ')}`);
      case '!mute':
      case '!unmute': {
        if (!moderators.includes(nameOf(member))) return drop(`${command} is for moderators`);
        if (command === '!mute') await server.mute(target);
        else await server.unmute(target);
        // Messages of the server itself are published in a muted room too.
        await say(server, target, `${target} was ${command.slice(1)}d by ${nameOf(member)}`);
        return drop();
      }
      default:
        return drop(`there is no ${command}: try !help`);
    }
  }
}

async function say(server: StatecastServer, room: string, text: string): Promise<void> {
  try {
    await server.publish(room, `bot: ${text}`);
  } catch (error) {
    // A server that shuts down publishes nothing any more.
    if (!(error instanceof RefusedError)) throw error;
  }
}

function nameOf({ id, user }: { readonly id: string; readonly user?: string }): string {
  return user ?? `guest ${id.slice(0, 4)}`;
}

/** Replaces whole words by stars, in upper or lower case. */
function createWordFilter(words: readonly string[]): (text: string) => string {
  if (words.length === 0) return (text) => text;
  const escaped = words.map((word) => word.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`));
  const pattern = new RegExp(String.raw`(?<![\p{L}\p{N}])(?:${escaped.join('|')})(?![\p{L}\p{N}])`, 'giu');
  return (text) => text.replaceAll(pattern, (word) => '*'.repeat(word.length));
}

/** Remembers the times of the latest messages of each connection. */
function createFloodGuard(now: () => number) {
  const spoken = new Map<string, readonly number[]>();
  return {
    isFlood(id: string): boolean {
      const recent = (spoken.get(id) ?? []).filter((at) => at > now() - FLOOD_WINDOW_MS);
      if (recent.length >= FLOOD_MESSAGES) return true;
      spoken.set(id, [...recent, now()]);
      return false;
    },
    forget: (id: string) => spoken.delete(id),
  };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const server = createModeratedServer({ moderators: ['ada'], banned: ['mallory'], words: ['darn'] });
  const { host, port } = await server.listen();
  console.log(`open http://${host}:${port}/room1 and call yourself ada; mallory may not come in`);
  process.once('SIGINT', () => void server.close());
}
