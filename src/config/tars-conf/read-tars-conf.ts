/** Makes a `TarsConf` from a parsed configuration, and lists the values that cannot be used. */

import { join } from 'node:path';
import { parseEndpoint, parseObject, type Endpoint } from '../../tars/client/endpoint.ts';
import type { ConfSection, ConfValue } from './conf-parser.ts';
import type { SetDivision, TarsAdapter, TarsConf, TarsLogLevel } from './tars-conf.ts';

/** A problem with one value. */
export interface ConfProblem {
  /** The place as the platform writes it: `/tars/application/server<logLevel>`. */
  readonly path: string;
  readonly given: string;
  readonly allowed: string;
  readonly line: number;
}

/** The platform does not accept reports more often, whatever `report-interval` says. */
const MIN_REPORT_INTERVAL_MS = 10_000;
const DEFAULT_REPORT_INTERVAL_MS = 60_000;
const DEFAULT_CALL_TIMEOUT_MS = 5_000;
const DEFAULT_STOP_TIMEOUT_MS = 3_000;
const DEFAULT_LOG_BYTES = 50 * 1024 * 1024;
const DEFAULT_LOG_FILES = 10;
const LOG_LEVELS: readonly string[] = ['DEBUG', 'INFO', 'WARN', 'ERROR', 'NONE'] satisfies TarsLogLevel[];

/** Names become parts of paths and of object names. */
const NAME = /^[A-Za-z0-9_-]+$/;
const NAME_WORDS = 'a name of letters, digits, _ and -';

/** Reads the configuration; `conf` may be used only if there are no problems. */
export function readTarsConf(root: ConfSection, file: string): { conf: TarsConf; problems: ConfProblem[] } {
  const problems: ConfProblem[] = [];
  const application = createReader(root, ['tars', 'application'], problems);
  const client = createReader(root, ['tars', 'application', 'client'], problems);
  const server = createReader(root, ['tars', 'application', 'server'], problems);

  const app = server.name('app');
  const name = server.name('server');
  const conf: TarsConf = {
    file,
    app,
    server: name,
    moduleName: client.text('modulename') ?? `${app}.${name}`,
    localIp: server.text('localip') ?? '',
    workers: client.number('asyncthread', 1),
    ...present('set', readSet(application)),
    ...present('admin', server.endpoint('local')),
    ...present('node', server.object('node')),
    ...present('config', server.object('config')),
    ...present('notify', server.object('notify')),
    ...present('stat', client.object('stat')),
    ...present('property', client.object('property')),
    ...present('locator', readLocator(client)),
    reportIntervalMs: Math.max(
      MIN_REPORT_INTERVAL_MS,
      client.number('report-interval', DEFAULT_REPORT_INTERVAL_MS),
    ),
    callTimeoutMs: client.number('async-invoke-timeout', DEFAULT_CALL_TIMEOUT_MS),
    stopTimeoutMs: server.number('deactivating-timeout', DEFAULT_STOP_TIMEOUT_MS),
    ...present('basePath', server.text('basepath')),
    ...present('configDir', server.text('saveTarsConfigFileDir')),
    ...present('configFiles', readNames(server.text('saveTarsConfigFileName'))),
    ...present('dataPath', server.text('datapath')),
    log: {
      level: readLogLevel(server),
      ...present('file', logFile(server.text('logpath'), app, name)),
      maxBytes: readLogSize(server),
      files: Math.max(1, server.number('lognum', DEFAULT_LOG_FILES)),
    },
    adapters: readAdapters(root, problems),
  };
  return { conf, problems };
}

interface Reader {
  /** The value of a key; nothing if there is none or it is empty. */
  text(key: string): string | undefined;
  /** Like `text`; a missing value, or one that is no plain name, is a problem. */
  name(key: string): string;
  /** A whole number, or the default; anything else is a problem. */
  number(key: string, otherwise: number): number;
  endpoint(key: string): Endpoint | undefined;
  /** The name of an object, with or without its endpoints. */
  object(key: string): string | undefined;
  refuse(key: string, allowed: string): void;
  line(key: string): number;
}

function createReader(root: ConfSection, path: readonly string[], problems: ConfProblem[]): Reader {
  const section = findSection(root, path);

  function refuse(key: string, allowed: string): void {
    const { text = '(nothing)', line = section?.line ?? 1 } = valueOf(key) ?? {};
    problems.push({ path: `/${path.join('/')}<${key}>`, given: text, allowed, line });
  }

  function valueOf(key: string): ConfValue | undefined {
    const value = section?.values.get(key);
    return value === undefined || value.text === '' ? undefined : value;
  }

  function text(key: string): string | undefined {
    const value = valueOf(key)?.text;
    if (value === undefined || !/^\$\{\w+\}$/.test(value)) return value;
    refuse(key, 'a value; this is a placeholder of the template that the node daemon replaces');
    return undefined;
  }

  return {
    text,
    name(key) {
      const value = text(key);
      if (value === undefined ? valueOf(key) === undefined : !NAME.test(value)) refuse(key, NAME_WORDS);
      return value ?? '';
    },
    number(key, otherwise) {
      const value = text(key);
      if (value === undefined) return otherwise;
      if (!/^\d{1,15}$/.test(value)) refuse(key, 'a whole number');
      return Number(value);
    },
    endpoint(key) {
      const value = text(key);
      if (value === undefined) return undefined;
      const parsed = parseEndpoint(value);
      if (parsed.ok) return everywhere(parsed.endpoint);
      refuse(key, parsed.problem);
      return undefined;
    },
    object(key) {
      const value = text(key);
      const parsed = value === undefined ? undefined : parseObject(value);
      if (parsed?.ok === false) refuse(key, parsed.problem);
      return value;
    },
    refuse,
    line: (key) => valueOf(key)?.line ?? section?.line ?? 1,
  };
}

/** The platform writes `*` for all addresses. */
function everywhere(endpoint: Endpoint): Endpoint {
  return endpoint.host === '*' ? { ...endpoint, host: '0.0.0.0' } : endpoint;
}

/** The registry itself cannot be looked up, so it needs endpoints. */
function readLocator(client: Reader): string | undefined {
  const locator = client.object('locator');
  const parsed = locator === undefined ? undefined : parseObject(locator);
  if (parsed?.ok === true && parsed.endpoints.length === 0) {
    client.refuse('locator', 'an object with endpoints: tars.tarsregistry.QueryObj@tcp -h HOST -p 17890');
  }
  return locator;
}

function readLogLevel(server: Reader): TarsLogLevel {
  const level = (server.text('logLevel') ?? 'DEBUG').toUpperCase();
  if (LOG_LEVELS.includes(level)) return level as TarsLogLevel;
  server.refuse('logLevel', `one of ${LOG_LEVELS.join(', ')}`);
  return 'DEBUG';
}

const SIZE_UNITS: Readonly<Record<string, number>> = { '': 1, K: 1024, M: 1024 ** 2, G: 1024 ** 3 };

function readLogSize(server: Reader): number {
  const text = server.text('logsize');
  if (text === undefined) return DEFAULT_LOG_BYTES;
  const size = /^(?<count>\d{1,12})(?<unit>[KMG]?)$/i.exec(text)?.groups;
  const bytes = Number(size?.['count'] ?? 0) * (SIZE_UNITS[(size?.['unit'] ?? '').toUpperCase()] ?? 0);
  if (bytes > 0) return bytes;
  server.refuse('logsize', 'a number of bytes above 0, or with K, M or G behind it');
  return DEFAULT_LOG_BYTES;
}

function logFile(logPath: string | undefined, app: string, server: string): string | undefined {
  return logPath === undefined ? undefined : join(logPath, app, server, `${app}.${server}.log`);
}

/** Names with blanks, commas, semicolons or bars between them; undefined if there are none. */
function readNames(text = ''): readonly string[] | undefined {
  const names = text.split(/[\s,;|]+/).filter((name) => name !== '');
  return names.length > 0 ? names : undefined;
}

function readSet(application: Reader): SetDivision | undefined {
  if (application.text('enableset')?.toUpperCase() !== 'Y') return undefined;
  const [name = '', area = '', ...group] = (application.text('setdivision') ?? '').split('.');
  if (name !== '' && area !== '' && group.length > 0) return { name, area, group: group.join('.') };
  application.refuse('setdivision', 'name.area.group, since enableset is y');
  return undefined;
}

/** Each section of the server with an endpoint is an adapter; templates may contain other sections. */
function readAdapters(root: ConfSection, problems: ConfProblem[]): TarsAdapter[] {
  const path = ['tars', 'application', 'server'];
  const names = [...(findSection(root, path)?.sections.keys() ?? [])];
  return names.flatMap((name) => {
    const reader = createReader(root, [...path, name], problems);
    const endpoint = reader.endpoint('endpoint');
    if (endpoint === undefined) return [];
    const protocol = reader.text('protocol') ?? 'tars';
    return [
      { name, servant: reader.text('servant') ?? '', endpoint, protocol, line: reader.line('endpoint') },
    ];
  });
}

function findSection(root: ConfSection, path: readonly string[]): ConfSection | undefined {
  let section: ConfSection | undefined = root;
  for (const name of path) section = section?.sections.get(name);
  return section;
}

function present<Key extends string, Value>(key: Key, value: Value | undefined) {
  return (value === undefined ? {} : { [key]: value }) as { readonly [Name in Key]?: Value };
}
