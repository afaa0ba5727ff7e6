/**
 * Checks what a library user gives to `createServer` and no settings file can hold: handlers, parts, routes, codecs and
 * servants. The settings have a schema of their own. A mistake is told at once, and not at the first use.
 */

import { ConfigError, type ConfigProblem } from '../config/layer/config-error.ts';
import { parseSettings } from '../config/parse-settings.ts';
import type { Settings } from '../config/schema/settings.ts';
import { chooseTransport, UwsUnavailableError, type ChosenTransport } from '../transport/choose-transport.ts';
import type { CreateTransport, TransportSetting } from '../transport/common/transport.ts';
import { formatPath, type Path } from '../config/schema/path.ts';
import type { Broker } from '../broker/broker.ts';
import type { Control } from '../broker/control/control.ts';
import type { Presence } from '../broker/presence/presence.ts';
import { findKeyProblem } from '../http/user-routes.ts';
import type { Codec } from '../protocol/codec.ts';
import type { MembershipStore } from '../storage/membership-store.ts';
import type { MuteStore } from '../storage/mutes/mute-store.ts';
import type { RevocationStore } from '../storage/revocations/revocation-store.ts';

/** The names of the functions of an interface. */
type FunctionsOf<Part> = readonly (keyof Part & string)[];

const STORE: FunctionsOf<MembershipStore> = ['rooms', 'load', 'write', 'close'];
const BROKER: FunctionsOf<Broker> = [
  'attach',
  'publish',
  'history',
  'removeHistory',
  'position',
  'subscribe',
  'unsubscribe',
  'join',
  'leave',
  'broadcast',
  'close',
];
const PRESENCE: FunctionsOf<Presence> = ['add', 'remove', 'refresh', 'list', 'stats', 'close'];
const CONTROL: FunctionsOf<Control> = ['attach', 'order', 'survey', 'close'];
const MUTES: FunctionsOf<MuteStore> = ['load', 'write', 'close'];
const REVOCATIONS: FunctionsOf<RevocationStore> = ['load', 'write', 'close'];
const CODEC: FunctionsOf<Codec> = [
  'decode',
  'encodeReply',
  'encodePush',
  'encodePublication',
  'encodeBroadcast',
];

const TRANSPORT = 'auto, uws, ws, or a function that makes a transport';
const STAT_STORE = ['add', 'take', 'close'];
const TARS_RPC = ['createLink', 'bind', 'callByName'];
/** Of a room, and of the server. */
const HANDLERS = ['onJoin', 'onMessage', 'onCall', 'onLeave'];
const SERVER_HANDLERS = ['authenticate', 'onBroadcast', 'onCall', 'onSend'];
const HANDLER = 'a function, or nothing';
const SCHEMA =
  'a schema of zod, valibot, arktype or another library with the interface of standardschema.dev';

/** Returns all problems; none if the options can be used. The settings among them are not checked here. */
export function findOptionProblems(options: unknown): ConfigProblem[] {
  if (!isObject(options)) return [problemAt([], options, 'an object of options')];
  const { store, statStore, broker, presence, control, revocations, transport, onError } = options;
  return [
    ...findProtoProblems(options, []),
    ...findPartProblems('store', store, STORE, 'a MembershipStore'),
    ...findPartProblems('statStore', statStore, STAT_STORE, 'a StatStore'),
    ...findPartProblems('broker', broker, BROKER, 'a Broker'),
    ...findPartProblems('presence', presence, PRESENCE, 'a Presence'),
    ...findPartProblems('control', control, CONTROL, 'a Control'),
    ...findPartProblems('mutes', options['mutes'], MUTES, 'a MuteStore'),
    ...findPartProblems('revocations', revocations, REVOCATIONS, 'a RevocationStore'),
    // The settings check a name.
    ...(typeof transport === 'string' ? [] : findFunctionProblems(['transport'], transport, TRANSPORT)),
    ...findFunctionProblems(['outbox'], options['outbox'], 'a function that makes outboxes'),
    ...findFunctionProblems(['onError'], onError, 'a function (error, where) => void'),
    ...SERVER_HANDLERS.flatMap((name) => findFunctionProblems([name], options[name], HANDLER)),
    ...findTableProblems('rooms', options['rooms'], findRoomProblems),
    ...findTableProblems('routes', options['routes'], findRouteProblems),
    ...findTableProblems('codecs', options['codecs'], findCodecProblems),
    ...findTableProblems('servants', options['servants'], findServantProblems),
  ];
}

/** What settings only a process of Statecast has, and what a library user says instead. */
const PROCESS_SETTINGS: Readonly<Record<string, string>> = {
  demo: 'nothing: only `statecast serve --demo` has the example servant',
  dataDir: 'nothing: give `store: createLowdbStore({ dir })`',
  workers: 'nothing: `serve` starts several processes, and a server is in one',
  log: 'nothing: a library writes no log; give `onError`, and listen to the events of the server',
};

/** Returns a problem for each setting that `createServer` would not obey. */
export function findProcessSettings(options: unknown): ConfigProblem[] {
  if (!isObject(options)) return [];
  const problems = Object.entries(PROCESS_SETTINGS)
    .filter(([name]) => options[name] !== undefined)
    .map(([name, instead]) => problemAt([name], options[name], instead));
  const { tars } = options;
  const servants = isObject(tars) ? tars['servants'] : undefined;
  if (servants === undefined) return problems;
  return [...problems, problemAt(['tars', 'servants'], servants, 'nothing: give `servants`')];
}

function findPartProblems(
  name: string,
  part: unknown,
  functions: readonly string[],
  kind: string,
): ConfigProblem[] {
  if (part === undefined) return [];
  const missing = findMissing(part, functions);
  return missing.length === 0 ? [] : [problemAt([name], part, `${kind}: ${needs(part, missing)}`)];
}

function findFunctionProblems(path: Path, value: unknown, allowed: string): ConfigProblem[] {
  return value === undefined || typeof value === 'function' ? [] : [problemAt(path, value, allowed)];
}

/** Of a table of names, such as `rooms`. */
function findTableProblems(
  name: string,
  table: unknown,
  findEntryProblems: (path: Path, value: unknown) => ConfigProblem[],
): ConfigProblem[] {
  if (table === undefined) return [];
  if (!isObject(table)) return [problemAt([name], table, 'an object')];
  return [
    ...findProtoProblems(table, [name]),
    ...Object.entries(table)
      .filter(([key]) => key !== '__proto__')
      .flatMap(([key, value]) => findEntryProblems([name, key], value)),
  ];
}

/** `__proto__` in an object literal is not a name: it changes the prototype, and what stands there would be lost. */
function findProtoProblems(table: object, path: Path): ConfigProblem[] {
  const prototype: unknown = Object.getPrototypeOf(table);
  const isPlain = prototype === null || Object.getPrototypeOf(prototype) === null;
  if (isPlain && !Object.hasOwn(table, '__proto__')) return [];
  return [problemAt([...path, '__proto__'], prototype, 'another name, in a plain object')];
}

function findRoomProblems(path: Path, definition: unknown): ConfigProblem[] {
  if (!isObject(definition)) return [problemAt(path, definition, 'an object of limits and handlers')];
  const { message } = definition;
  return [
    ...(message === undefined || isSchema(message) ? [] : [problemAt([...path, 'message'], message, SCHEMA)]),
    ...HANDLERS.flatMap((name) => findFunctionProblems([...path, name], definition[name], HANDLER)),
  ];
}

/** A schema may be a function, as those of arktype are. */
function isSchema(value: unknown): boolean {
  if (typeof value !== 'function' && !isObject(value)) return false;
  const { '~standard': standard } = value as { readonly '~standard'?: unknown };
  return isObject(standard) && standard['version'] === 1 && typeof standard['validate'] === 'function';
}

function findRouteProblems(path: Path, handler: unknown): ConfigProblem[] {
  const wanted = findKeyProblem(String(path.at(-1)));
  const problems =
    wanted === undefined ? [] : [{ path: formatPath(path), given: 'a wrong name', allowed: wanted }];
  if (typeof handler === 'function') return problems;
  return [...problems, problemAt(path, handler, 'a function (request) => reply')];
}

function findCodecProblems(path: Path, codec: unknown): ConfigProblem[] {
  const at = String(path.at(-1));
  const place = at.startsWith('/') ? [] : [problemAt(path, codec, 'a path that begins with /')];
  const missing = findMissing(codec, CODEC);
  if (missing.length > 0) return [...place, problemAt(path, codec, `a Codec: ${needs(codec, missing)}`)];
  const name = isObject(codec) ? codec['name'] : undefined;
  const isName = typeof name === 'string' && /^[^/]+$/.test(name);
  return isName ? place : [...place, problemAt([...path, 'name'], name, 'a short text without a slash')];
}

function findServantProblems(path: Path, servant: unknown): ConfigProblem[] {
  if (!isObject(servant)) return [problemAt(path, servant, 'an object with object and methods')];
  const { object, methods } = servant;
  const problems: ConfigProblem[] = [];
  if (typeof object !== 'string') {
    problems.push(
      problemAt([...path, 'object'], object, 'a text such as App.Server.Obj@tcp -h HOST -p PORT'),
    );
  }
  const isOfTarsRpc = findMissing(servant, TARS_RPC).length === 0;
  if (!isOfTarsRpc && (!isObject(methods) || !Object.values(methods).every(isMethod))) {
    problems.push(
      problemAt(
        [...path, 'methods'],
        methods,
        'the methods that statecast tars2ts writes, or the result of fromTarsRpc',
      ),
    );
  }
  return problems;
}

function isMethod(method: unknown): boolean {
  return isObject(method) && isObject(method['args']) && isObject(method['result']);
}

function findMissing(part: unknown, functions: readonly string[]): readonly string[] {
  return isObject(part) ? functions.filter((name) => typeof part[name] !== 'function') : functions;
}

function needs(part: unknown, missing: readonly string[]): string {
  const functions = `${missing.join(', ')} ${missing.length === 1 ? 'is' : 'are'} missing`;
  return isObject(part) ? functions : `an object with the functions ${missing.join(', ')}`;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function problemAt(path: Path, given: unknown, allowed: string): ConfigProblem {
  return { path: formatPath(path), given: describe(given), allowed };
}

/** The kind of a value and no content, which may be secret. */
function describe(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  if (Array.isArray(value)) return 'an array';
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}

/** @throws {ConfigError} listing every problem. */
export function checkSettings(input: unknown): Settings {
  const parsed = parseSettings(input);
  if (!parsed.ok) throw new ConfigError(parsed.problems);
  return parsed.settings;
}

/** @throws {ConfigError} when it does not load. */
export function pickTransport(asked: TransportSetting | CreateTransport, host: string): ChosenTransport {
  try {
    return chooseTransport(asked, host);
  } catch (error) {
    if (!(error instanceof UwsUnavailableError)) throw error;
    throw new ConfigError([{ path: 'transport', given: '"uws"', allowed: error.message }]);
  }
}
