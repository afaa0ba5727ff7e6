/** The settings that a TARS configuration contains, as a source for `loadSettings`. */

import type { ConfigProblem } from '../layer/config-error.ts';
import { FIELDS, type Field } from '../schema/fields.ts';
import { HIDDEN } from '../layer/given.ts';
import { createTextLayer, type Layer } from '../layer/layer.ts';
import { suggest } from '../layer/nearest.ts';
import { formatPath, setAt, valueAt, type Path } from '../schema/path.ts';
import { formatEndpoint } from '../../tars/client/endpoint.ts';
import { parseConf, type ConfSection } from './conf-parser.ts';
import { readTarsConf } from './read-tars-conf.ts';
import type { SetDivision, TarsAdapter, TarsConf, TarsLogLevel } from './tars-conf.ts';

/** The protocol of the adapter for HTTP and WebSocket. */
const OUR_PROTOCOL = 'not_tars';
/** The protocol of the adapter for other TARS services. */
const SERVANT_PROTOCOL = 'tars';
/** The section with settings of Statecast. */
const OWN_SECTION = ['tars', 'application', 'statecast'];
/** The part of the platform's stop timeout that is kept for closing sockets and the store after the drain. */
const AFTER_DRAIN_MS = 1000;

/** Our log levels by those of the platform. */
export const LOG_LEVELS = {
  DEBUG: 'debug',
  INFO: 'info',
  WARN: 'warn',
  ERROR: 'error',
  NONE: 'silent',
} as const satisfies Record<TarsLogLevel, string>;

/** What is read from a TARS configuration: a layer of settings, and the typed rest if there are no problems. */
export interface TarsSettings {
  readonly layer: Layer;
  readonly conf?: TarsConf;
}

/**
 * Reads the text of a configuration that {@link isTarsConf}. What it sets:
 *
 * - `host` and `port` from the endpoint of the first adapter whose protocol is `not_tars`,
 * - `dataDir` from `datapath`, `log.level` from `logLevel`, `log.format` is `json`,
 * - `tars.locator` from `locator`, `tars.set` from `setdivision` if `enableset` is `y`, `tars.callSeconds` from `async-invoke-timeout`, and `tars.listen` from the first
 *   adapter whose protocol is `tars`,
 * - `tars.configDir` and `tars.configFiles` from `saveTarsConfigFileDir` and `saveTarsConfigFileName`,
 * - `workers` from `asyncthread`, where 0 is `auto`,
 * - `monitor.redis.prefix` from the names of the server and its address,
 * - `drainSeconds` so that the drain ends a second before `deactivating-timeout`,
 * - any setting at all from the section `<statecast>` of `<application>`: `limits.messageBytes=65536`.
 */
export function readTarsSettings(text: string, file: string): TarsSettings {
  const at = (line: number): string => `file ${file} line ${line}`;
  const parsed = parseConf(text);
  if (!parsed.ok) {
    const problems = parsed.mistakes.map(({ line, message }) => ({
      path: formatPath([]),
      given: '(not a TARS conf)',
      allowed: message,
      source: at(line),
    }));
    return { layer: { input: {}, sourceOf: () => `file ${file}`, problems, isUnread: true } };
  }

  const { conf, problems } = readTarsConf(parsed.root, file);
  const found = problems.map(({ line, ...problem }): ConfigProblem => ({ ...problem, source: at(line) }));
  const listening = conf.adapters.find((adapter) => adapter.protocol === OUR_PROTOCOL);
  if (listening === undefined) {
    found.push({
      path: '/tars/application/server',
      given: `${conf.adapters.length} adapters`,
      allowed: `an adapter with protocol=${OUR_PROTOCOL} to listen on: the platform's port type TCP, protocol non-TARS`,
      source: `file ${file}`,
    });
  }

  const own = readOwnSettings(parsed.root, at);
  const input = toInput(conf, listening);
  for (const { keys } of FIELDS) {
    const value = valueAt(own.input, keys);
    if (value !== undefined) setAt(input, keys, value);
  }
  const sourceOf = (path: Path): string =>
    own.sourceOf(path) ?? (listening !== undefined && isAddress(path) ? at(listening.line) : `file ${file}`);
  const layer: Layer = { input, sourceOf, problems: [...found, ...own.problems] };
  return layer.problems.length > 0 ? { layer } : { layer, conf };
}

/** The settings that follow from the platform's own keys. */
function toInput(conf: TarsConf, listening: TarsAdapter | undefined): Record<string, unknown> {
  const servants = conf.adapters.find((adapter) => adapter.protocol === SERVANT_PROTOCOL);
  return {
    ...(listening !== undefined && { host: listening.endpoint.host, port: listening.endpoint.port }),
    ...(conf.dataPath !== undefined && { dataDir: conf.dataPath }),
    drainSeconds: drainSeconds(conf.stopTimeoutMs),
    // What is no number is told with its line.
    ...(!Number.isNaN(conf.workers) && { workers: conf.workers === 0 ? 'auto' : conf.workers }),
    log: { level: LOG_LEVELS[conf.log.level], format: 'json' },
    tars: {
      ...(conf.locator !== undefined && { locator: conf.locator }),
      ...(isExact(conf.set) && { set: `${conf.set.name}.${conf.set.area}.${conf.set.group}` }),
      ...(servants !== undefined && { listen: formatEndpoint(servants.endpoint) }),
      ...(conf.configDir !== undefined && { configDir: conf.configDir }),
      ...(conf.configFiles !== undefined && { configFiles: conf.configFiles }),
      callSeconds: conf.callTimeoutMs / 1000,
    },
    monitor: { redis: { prefix: nameKeys(conf) } },
  };
}

/** Statistics tell the address and the set of who sends them, so only processes with the same ones share them. */
function nameKeys({ app, server, set, localIp }: TarsConf): string {
  const division = set === undefined ? '' : `.${set.name}.${set.area}.${set.group}`;
  return `statecast:${app}.${server}${division}@${localIp}`;
}

/** Other TARS clients take a set whose name or area is `*`, or that has more than three parts, for none. */
function isExact(set: SetDivision | undefined): set is SetDivision {
  return set !== undefined && set.name !== '*' && set.area !== '*' && !set.group.includes('.');
}

function isAddress(path: Path): boolean {
  return path[0] === 'host' || path[0] === 'port';
}

function drainSeconds(stopTimeoutMs: number): number {
  return Math.max(0, Math.floor((stopTimeoutMs - AFTER_DRAIN_MS) / 1000));
}

function readOwnSettings(root: ConfSection, at: (line: number) => string): Layer {
  let section: ConfSection | undefined = root;
  for (const name of OWN_SECTION) section = section?.sections.get(name);
  const given: { field: Field; text: string; source: string }[] = [];
  const problems: ConfigProblem[] = [];
  for (const [key, { text, line }] of section?.values ?? []) {
    const field = FIELDS.find(({ path }) => path === key);
    if (field !== undefined) given.push({ field, text, source: at(line) });
    else problems.push(unknownSetting(key, at(line)));
  }
  return createTextLayer(given, problems);
}

function unknownSetting(key: string, source: string): ConfigProblem {
  const known = FIELDS.map(({ path }) => path);
  return { path: key, given: HIDDEN, allowed: `no such setting${suggest(key, known)}`, source };
}
