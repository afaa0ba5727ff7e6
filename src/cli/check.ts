/** The command `statecast check`: whether settings can be used, and what they mean in short. */

import { findAuthWarnings, describeAccess } from '../config/access-words.ts';
import { ConfigError } from '../config/layer/config-error.ts';
import { loadSettings, type SettingsSources } from '../config/load-settings.ts';
import type { Settings } from '../config/schema/settings.ts';
import { whoMayWatch } from '../server/inspection.ts';
import { createAllowances, ruleOfBroadcasts } from '../server/room-rules.ts';
import { isLoopbackHost } from '../system/loopback.ts';
import { formatColumns } from './terminal/columns.ts';

export interface CheckResult {
  readonly exitCode: 0 | 1;
  readonly stdout: string;
  readonly stderr: string;
}

/** What the settings mean. */
interface Meaning {
  readonly host: string;
  readonly port: number;
  readonly store: string;
  readonly transport: string;
  /** How clients prove who they are. */
  readonly clients: string;
  /** Who may use the HTTP API. */
  readonly api: string;
  /** Who may watch the inspector without a token. */
  readonly inspector: string;
  readonly broadcast: string;
  readonly rooms: readonly RoomMeaning[];
  /** What is open or closed where the settings say nothing. */
  readonly notes: readonly string[];
  readonly warnings: readonly string[];
}

/** Who may do what in the rooms of a pattern; in a room of no pattern, the pattern is empty. */
interface RoomMeaning {
  readonly pattern: string;
  /** False: such a room does not exist. */
  readonly exists: boolean;
  readonly join: string;
  readonly publish: string;
  readonly presence: string;
  readonly history: string;
  readonly rpc: string;
}

/** @param json Print JSON. Default false. */
export function runCheck(sources: SettingsSources, json = false): CheckResult {
  let settings: Settings;
  try {
    settings = loadSettings(sources);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    const { problems, message } = error;
    return json
      ? { exitCode: 1, stdout: toJson({ ok: false, problems }), stderr: '' }
      : { exitCode: 1, stdout: '', stderr: `statecast: ${message}\n` };
  }
  const meaning = describe(settings);
  return {
    exitCode: 0,
    stdout: json ? toJson({ ok: true, ...meaning }) : toText(meaning),
    stderr: '',
  };
}

function toJson(value: unknown): string {
  return `${JSON.stringify(value, undefined, 2)}\n`;
}

function describe(settings: Settings): Meaning {
  const { host, port, store, dataDir, transport, rooms } = settings;
  const allowancesOf = createAllowances(settings);
  const describeRoom = (pattern: string): RoomMeaning => {
    const { rules, isKnown } = allowancesOf(pattern, rooms[pattern]);
    return { pattern, exists: isKnown, ...rules };
  };
  return {
    host,
    port,
    store: store === 'lowdb' ? `files in ${dataDir}` : 'memory',
    transport,
    clients: describeClients(settings),
    api: describeApi(settings),
    inspector: describeInspector(settings),
    broadcast: ruleOfBroadcasts(settings),
    rooms: [...Object.keys(rooms).map(describeRoom), ...('*' in rooms ? [] : [describeRoom('')])],
    notes: describeAccess(settings),
    warnings: findAuthWarnings(settings),
  };
}

function describeClients({ auth, line }: Settings): string {
  if (auth.insecure) return 'everybody may do everything';
  const keys = [
    ...(auth.hmacSecret === undefined ? [] : ['a secret']),
    ...(auth.publicKey === undefined ? [] : ['a public key']),
    ...(auth.jwksUrl === undefined ? [] : [`the keys at ${auth.jwksUrl}`]),
  ];
  const proven = keys.length === 0 ? 'no tokens' : `tokens, checked with ${keys.join(' and ')}`;
  const named = keys.length === 0 && auth.anonymous && line.userParameter ? '; ?user= is believed' : '';
  return `${proven}${named}; ${auth.anonymous ? 'anonymous clients too' : 'no anonymous clients'}`;
}

function describeApi({ http, host }: Settings): string {
  if (http.open) return 'everybody';
  if (http.apiKey !== undefined) return 'who has the key';
  return isLoopbackHost(host) ? 'this machine, without a key' : 'nobody';
}

function describeInspector(settings: Settings): string {
  if (!settings.inspector.enabled) return 'off';
  const without = whoMayWatch(settings);
  return without === 'nobody' && settings.inspector.token !== undefined ? 'who has the token' : without;
}

function toText(meaning: Meaning): string {
  const { host, port, store, clients, api, inspector, broadcast, rooms, notes, warnings } = meaning;
  const where = isLoopbackHost(host) ? ' (this machine only)' : '';
  const facts = [
    ['  listens', `${host.includes(':') ? `[${host}]` : host}:${port}${where}`],
    ['  stores', store],
    ['  clients', clients],
    ['  API', api],
    ['  inspector', inspector],
    ['  broadcast', broadcast],
  ];
  const rows = rooms.map(({ pattern, exists, join, publish, presence, history, rpc }) => {
    const name = `  ${pattern === '' ? 'other rooms' : pattern}`;
    return exists ? [name, join, publish, presence, history, rpc] : [name, 'do not exist', '', '', '', ''];
  });
  return [
    'the settings are right\n',
    formatColumns(facts),
    '\n',
    formatColumns([['who may', 'join', 'publish', 'presence', 'history', 'rpc'], ...rows]),
    notes.length + warnings.length > 0 ? '\n' : '',
    ...notes.map((note) => `  ${note}\n`),
    ...warnings.map((warning) => `  WARNING  ${warning}\n`),
  ].join('');
}
