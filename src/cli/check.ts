/** The command `statecast check`: whether settings can be used, and what they mean in short. */

import { describeAccess, findWarnings } from '../config/access-words.ts';
import { ConfigError, type ConfigProblem } from '../config/layer/config-error.ts';
import { loadSettings, type SettingsSources } from '../config/load-settings.ts';
import type { Settings } from '../config/schema/settings.ts';
import { nameOfWebhook } from '../config/schema/webhook-schema.ts';
import { findUnknownServants } from '../server/servants/unknown-servants.ts';
import { whoMayWatch } from '../server/inspection.ts';
import { createPatternFinder } from '../server/room-definitions.ts';
import { createAllowances, ruleOfBroadcasts } from '../server/room-rules.ts';
import { findWebhookProblems } from '../server/webhooks/webhook-problems.ts';
import { isLoopbackHost } from '../system/loopback.ts';
import { loadServants } from './serve/configured-servants.ts';
import { formatColumns } from './terminal/columns.ts';
import { toPlainJson } from '../system/plain-text.ts';

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
  /** The questions that are asked of the owner's backend. */
  readonly hooks: readonly string[];
  /** Who is told of what has happened. */
  readonly webhooks: readonly WebhookMeaning[];
  readonly rooms: readonly RoomMeaning[];
  /** What is open or closed where the settings say nothing. */
  readonly notes: readonly string[];
  readonly warnings: readonly string[];
}

interface WebhookMeaning {
  readonly name: string;
  readonly events: readonly string[];
  /** Patterns; `*` is all rooms. */
  readonly rooms: readonly string[];
  readonly isSigned: boolean;
}

/** Who may do what in the rooms of a pattern; in a room of no pattern, the pattern is empty. */
interface RoomMeaning {
  readonly pattern: string;
  /** False: such a room does not exist. */
  readonly exists: boolean;
  /** The questions of which the owner's backend decides, besides the rules. */
  readonly asks: readonly string[];
  readonly join: string;
  readonly publish: string;
  readonly presence: string;
  readonly history: string;
  readonly rpc: string;
}

/**
 * What `statecast serve` would refuse, beside a port that is taken and the like, is a problem.
 * @param json Print JSON. Default false.
 */
export async function runCheck(sources: SettingsSources, json = false): Promise<CheckResult> {
  let settings: Settings;
  let unknown: readonly ConfigProblem[];
  try {
    settings = loadSettings(sources);
    const problems = findWebhookProblems(settings.webhooks);
    if (problems.length > 0) throw new ConfigError(problems);
    unknown = findUnknownServants(settings, await loadServants(settings.tars.servants));
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    const { problems, message } = error;
    return json
      ? { exitCode: 1, stdout: toJson({ ok: false, problems }), stderr: '' }
      : { exitCode: 1, stdout: '', stderr: `statecast: ${message}\n` };
  }
  const meaning = describe(settings, unknown);
  return {
    exitCode: 0,
    stdout: json ? toJson({ ok: true, ...meaning }) : toText(meaning),
    stderr: '',
  };
}

function toJson(value: unknown): string {
  return `${toPlainJson(value, 2)}\n`;
}

/** @param unknown Servants that the settings lack; the code of a project may have them. */
function describe(settings: Settings, unknown: readonly ConfigProblem[]): Meaning {
  const { host, port, store, dataDir, transport, rooms, hooks, webhooks } = settings;
  const allowancesOf = createAllowances(settings);
  const asked = ROOM_QUESTIONS.map((name) => ({ name, patterns: patternsOf(hooks[name]) }));
  const finders = asked.map(({ name, patterns }) => ({ name, find: createPatternFinder(patterns) }));
  const findRoom = createPatternFinder(rooms);
  const describeRoom = (pattern: string): RoomMeaning => {
    const asks = finders.filter(({ find }) => find(pattern) !== undefined).map(({ name }) => name);
    const questions = asks.length === 0 ? undefined : Object.fromEntries(asks.map((name) => [name, true]));
    const { rules, isKnown } = allowancesOf(pattern, rooms[findRoom(pattern) ?? ''], questions);
    return { pattern, exists: isKnown, asks, ...rules };
  };
  const patterns = new Set([
    ...Object.keys(rooms),
    ...asked.flatMap(({ patterns: ofQuestion }) => Object.keys(ofQuestion)),
  ]);
  return {
    host,
    port,
    store: store === 'lowdb' ? `files in ${dataDir}` : 'memory',
    transport,
    clients: describeClients(settings),
    api: describeApi(settings),
    inspector: describeInspector(settings),
    broadcast: ruleOfBroadcasts(settings),
    hooks: Object.entries(hooks)
      .filter(([, hook]) => hook !== undefined)
      .map(([name]) => name),
    webhooks: webhooks.map((webhook) => ({
      name: nameOfWebhook(webhook),
      events: webhook.events,
      rooms: webhook.rooms ?? ['*'],
      isSigned: webhook.secret !== undefined,
    })),
    rooms: [...[...patterns].map(describeRoom), ...(patterns.has('*') ? [] : [describeRoom('')])],
    notes: describeAccess(settings),
    warnings: [
      ...findWarnings(settings),
      ...unknown.map(
        ({ path, given }) =>
          `${path} is ${given}, which tars.servants does not have: it has to be in the code of your project. "statecast serve" does not start.`,
      ),
    ],
  };
}

/** The questions that decide who may do what in a room. */
const ROOM_QUESTIONS = ['subscribe', 'publish'] as const;

type RoomHook = Settings['hooks'][(typeof ROOM_QUESTIONS)[number]];

/** An object with the patterns as its keys. */
function patternsOf(hook: RoomHook): Readonly<Record<string, true>> {
  const all = hook === undefined ? [] : Array.isArray(hook) ? hook : [hook];
  return Object.fromEntries(all.flatMap(({ rooms }) => rooms).map((pattern) => [pattern, true]));
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
  const names = http.apiKeys.map(({ name }) => name);
  const keys = [
    ...(http.apiKey === undefined ? [] : ['the key']),
    ...names.map((name) => `the key of ${name}`),
  ];
  if (keys.length > 0) return `who has ${keys.join(', or ')}`;
  return isLoopbackHost(host) ? 'this machine, without a key' : 'nobody';
}

function describeInspector(settings: Settings): string {
  if (!settings.inspector.enabled) return 'off';
  const without = whoMayWatch(settings);
  return without === 'nobody' && settings.inspector.token !== undefined ? 'who has the token' : without;
}

function toText(meaning: Meaning): string {
  const { host, port, store, clients, api, inspector, broadcast, hooks, webhooks, rooms, notes, warnings } =
    meaning;
  const where = isLoopbackHost(host) ? ' (this machine only)' : '';
  const facts = [
    ['  listens', `${host.includes(':') ? `[${host}]` : host}:${port}${where}`],
    ['  stores', store],
    ['  clients', clients],
    ['  API', api],
    ['  inspector', inspector],
    ['  broadcast', broadcast],
    ...(hooks.length === 0 ? [] : [['  asks', `your backend: ${hooks.join(', ')}`]]),
    ...webhooks.map(({ name, events, rooms: about }) => {
      const where = about.includes('*') ? '' : ` of ${about.join(', ')}`;
      return ['  tells', `${name}: ${events.join(', ')}${where}`];
    }),
  ];
  const hasAsked = rooms.some(({ asks }) => asks.length > 0);
  const rows = rooms.map(({ pattern, exists, asks, join, publish, presence, history, rpc }) => {
    const name = `  ${pattern === '' ? 'other rooms' : pattern}`;
    if (!exists) return [name, 'do not exist', '', '', '', ''];
    const say = (who: string, question: string): string =>
      asks.includes(question) && who !== 'nobody' ? `${who} (asked)` : who;
    return [name, say(join, 'subscribe'), say(publish, 'publish'), presence, history, rpc];
  });
  return [
    'the settings are right\n',
    formatColumns(facts),
    '\n',
    formatColumns([['who may', 'join', 'publish', 'presence', 'history', 'rpc'], ...rows]),
    hasAsked ? '  (asked): your backend decides, by hooks.subscribe and hooks.publish\n' : '',
    notes.length + warnings.length > 0 ? '\n' : '',
    ...notes.map((note) => `  ${note}\n`),
    ...warnings.map((warning) => `  WARNING  ${warning}\n`),
  ].join('');
}
