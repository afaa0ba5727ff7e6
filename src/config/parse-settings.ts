/** Turns any value into settings, or into the list of its problems. */

import * as z from 'zod';
import { isLoopbackHost } from '../system/loopback.ts';
import type { ConfigProblem } from './layer/config-error.ts';
import { FIELDS } from './schema/fields.ts';
import { formatGiven } from './layer/given.ts';
import type { SourceOf } from './layer/layer.ts';
import { suggest } from './layer/nearest.ts';
import { findRedisProblems } from './redis-problems.ts';
import { formatPath, valueAt, type Path } from './schema/path.ts';
import { settingsSchema } from './schema/schema.ts';
import {
  choose,
  describeAllowed,
  describeAllowedKey,
  findSchema,
  sectionKeys,
  unwrap,
} from './schema/schema-tree.ts';
import type { Settings } from './schema/settings.ts';
import { nameOfWebhook } from './schema/webhook-schema.ts';

export type ParsedSettings =
  | { readonly ok: true; readonly settings: Settings }
  | { readonly ok: false; readonly problems: readonly ConfigProblem[] };

/** Adds the defaults and freezes the settings, or returns all problems at once. It does not throw. */
export function parseSettings(input: unknown): ParsedSettings {
  const parsed = settingsSchema.safeParse(input);
  const problems = [...findFieldProblems(input), ...findCombinedProblems(input)];
  return parsed.success && problems.length === 0
    ? { ok: true, settings: deepFreeze(parsed.data) }
    : { ok: false, problems };
}

/** The problems of single settings. */
export function findFieldProblems(input: unknown, sourceOf: SourceOf = unknownSource): ConfigProblem[] {
  // A number far out of range breaks two limits of its schema, but that is one problem.
  const different = new Map<string, ConfigProblem>();
  const problems = [
    ...findProblemsAt([], settingsSchema, input, sourceOf),
    ...findProtoNames(input, sourceOf),
  ];
  for (const problem of problems) {
    different.set(`${problem.path} ${problem.allowed}`, problem);
  }
  return [...different.values()];
}

/** The problems of settings that do not go together. */
export function findCombinedProblems(input: unknown, sourceOf: SourceOf = unknownSource): ConfigProblem[] {
  return [
    ...findExposureProblems(input, sourceOf),
    ...findAuthProblems(input, sourceOf),
    ...findKeyProblems(input, sourceOf),
    ...findWebhookProblems(input, sourceOf),
    ...findPartsProblems(input, sourceOf),
    ...findTlsProblems(input, sourceOf),
  ];
}

/** Only what the rule below needs, so that it is checked even when other settings are wrong. */
const exposureSchema = z.object(settingsSchema.pick({ host: true, http: true }).shape);

/** A problem if these settings would open HTTP push to everybody who reaches the host. */
function findExposureProblems(input: unknown, sourceOf: SourceOf): ConfigProblem[] {
  const parsed = exposureSchema.safeParse(input);
  if (!parsed.success) return [];
  const { host, http } = parsed.data;
  if (isLoopbackHost(host) || http.apiKey !== undefined || http.apiKeys.length > 0 || http.open) return [];
  const advice =
    `the server would listen on ${host} with HTTP push open to everybody: ` +
    'set http.apiKey (STATECAST_HTTP_API_KEY) or, if that is meant, http.open to true';
  return [createProblem(['host'], host, advice, sourceOf)];
}

const keyRuleSchema = z.object(settingsSchema.pick({ http: true }).shape);

/** Each key of the server API has a text and a name of its own: else nobody knows whose rights count. */
function findKeyProblems(input: unknown, sourceOf: SourceOf): ConfigProblem[] {
  const parsed = keyRuleSchema.safeParse(input);
  if (!parsed.success) return [];
  const { apiKey, apiKeys } = parsed.data.http;
  const keys = new Map<string, string>(apiKey === undefined ? [] : [[apiKey, 'http.apiKey']]);
  const names = new Map<string, string>();
  return apiKeys.flatMap(({ key, name }, index) => {
    const place = ['http', 'apiKeys', index];
    const path = formatPath(place);
    const problems: ConfigProblem[] = [];
    for (const [field, value, seen] of [
      ['key', key, keys],
      ['name', name, names],
    ] as const) {
      const other = seen.get(value);
      if (other === undefined) seen.set(value, path);
      else
        problems.push(createProblem([...place, field], value, `another ${field}: ${other} has it`, sourceOf));
    }
    return problems;
  });
}

const authRuleSchema = z.object(settingsSchema.pick({ host: true, auth: true }).shape);

/** The problems of tokens and of who may connect. */
function findAuthProblems(input: unknown, sourceOf: SourceOf): ConfigProblem[] {
  const parsed = authRuleSchema.safeParse(input);
  if (!parsed.success) return [];
  const { host, auth } = parsed.data;
  const problems: ConfigProblem[] = [];
  if (auth.insecure && !isLoopbackHost(host)) {
    const advice = `false: on ${host} everybody who reaches it could do everything. It is for host 127.0.0.1`;
    problems.push(createProblem(['auth', 'insecure'], true, advice, sourceOf));
  }
  if (auth.hmacPreviousSecret !== undefined && auth.hmacSecret === undefined) {
    const advice = 'nothing, unless auth.hmacSecret (STATECAST_AUTH_HMAC_SECRET) is set too';
    const path = ['auth', 'hmacPreviousSecret'];
    problems.push(createProblem(path, auth.hmacPreviousSecret, advice, sourceOf));
  }
  return problems;
}

const webhookRuleSchema = z.object(settingsSchema.pick({ webhooks: true }).shape);

/** The problems of webhooks among each other, and of their secrets. */
function findWebhookProblems(input: unknown, sourceOf: SourceOf): ConfigProblem[] {
  const parsed = webhookRuleSchema.safeParse(input);
  if (!parsed.success) return [];
  const problems: ConfigProblem[] = [];
  const names = new Set<string>();
  for (const [index, webhook] of parsed.data.webhooks.entries()) {
    const { secret, previousSecret, servant } = webhook;
    const name = nameOfWebhook(webhook);
    if (names.has(name)) {
      const advice =
        'a name of its own: another webhook has it, or the same url or servant and no name either';
      problems.push(createProblem(['webhooks', index, 'name'], name, advice, sourceOf));
    }
    names.add(name);
    if (servant !== undefined && secret !== undefined) {
      const advice = 'nothing with a servant: only requests to a url are signed';
      problems.push(createProblem(['webhooks', index, 'secret'], secret, advice, sourceOf));
    }
    if (previousSecret === undefined || secret !== undefined) continue;
    const path = ['webhooks', index, 'previousSecret'];
    problems.push(createProblem(path, previousSecret, 'nothing, unless secret is set too', sourceOf));
  }
  return problems;
}

const redisRuleSchema = z.object(settingsSchema.pick({ redis: true }).shape);

/** The problems of what several servers share. */
function findPartsProblems(input: unknown, sourceOf: SourceOf): ConfigProblem[] {
  const parsed = redisRuleSchema.safeParse(input);
  if (!parsed.success) return [];
  return findRedisProblems(parsed.data.redis).map(({ field, allowed }) => {
    const path = ['redis', field];
    return createProblem(path, valueAt(input, path), allowed, sourceOf);
  });
}

const tlsRuleSchema = z.object(settingsSchema.pick({ tls: true }).shape);

/** A certificate without its key cannot be shown, and a key alone shows nothing. */
function findTlsProblems(input: unknown, sourceOf: SourceOf): ConfigProblem[] {
  const parsed = tlsRuleSchema.safeParse(input);
  if (!parsed.success) return [];
  const { certFile, keyFile } = parsed.data.tls;
  if ((certFile === undefined) === (keyFile === undefined)) return [];
  const [given, missing] = certFile === undefined ? ['keyFile', 'certFile'] : ['certFile', 'keyFile'];
  const path = ['tls', given];
  return [createProblem(path, certFile ?? keyFile, `nothing, unless tls.${missing} is set too`, sourceOf)];
}

function findProblemsAt(place: Path, schema: z.ZodType, value: unknown, sourceOf: SourceOf): ConfigProblem[] {
  const problems: ConfigProblem[] = [];
  for (const issue of schema.safeParse(value).error?.issues ?? []) {
    const path = [...place, ...issue.path];
    const given = valueAt(value, issue.path);
    const valueSchema = findSchema(path) ?? settingsSchema;
    if (issue.code === 'unrecognized_keys') {
      for (const key of issue.keys)
        problems.push(createUnknownKey(path, key, valueAt(given, [key]), sourceOf));
    } else if (issue.code === 'invalid_union' && typeof given === 'object' && given !== null) {
      // The problems of what it seems to be, and not of both.
      const option = choose(unwrap(valueSchema), Array.isArray(given));
      const inner = option === unwrap(valueSchema) ? [] : findProblemsAt(path, option, given, sourceOf);
      const whole = createProblem(path, given, describeAllowed(valueSchema), sourceOf);
      problems.push(...(inner.length > 0 ? inner : [whole]));
    } else if (issue.code === 'invalid_key') {
      const allowed = `the name must be ${describeAllowedKey(path)}`;
      problems.push(createProblem(path, given, allowed, sourceOf));
      // The schema does not check the value under a bad name; its problems are reported too.
      problems.push(...findProblemsAt(path, valueSchema, given, sourceOf));
    } else {
      problems.push(createProblem(path, given, describeAllowed(valueSchema), sourceOf));
    }
  }
  return problems;
}

/** The settings whose names are the user's. */
const TABLES: readonly Path[] = [['rooms'], ['tars', 'servants']];

/** The schema leaves out this name without a word. */
function findProtoNames(input: unknown, sourceOf: SourceOf): ConfigProblem[] {
  return TABLES.map((table) => [...table, '__proto__']).flatMap((path) => {
    const given = valueAt(input, path);
    return given === undefined ? [] : [createProblem(path, given, 'another name', sourceOf)];
  });
}

function createUnknownKey(section: Path, key: string, given: unknown, sourceOf: SourceOf): ConfigProblem {
  const path = [...section, key];
  // The siblings without their common beginning, which would make all of them similar.
  const sibling = suggest(
    key,
    sectionKeys(findSchema(section)),
    section.length === 0 ? '' : `${formatPath(section)}.`,
  );
  const other = suggest(
    formatPath(path),
    FIELDS.map((field) => field.path),
  );
  return createProblem(path, given, `no such setting${sibling === '' ? other : sibling}`, sourceOf);
}

function createProblem(path: Path, given: unknown, allowed: string, sourceOf: SourceOf): ConfigProblem {
  const source = sourceOf(path);
  const problem = { path: formatPath(path), given: formatGiven(path, given), allowed };
  return source === undefined ? problem : { ...problem, source };
}

function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null) {
    for (const inner of Object.values(value)) deepFreeze(inner);
    Object.freeze(value);
  }
  return value;
}

function unknownSource(): undefined {
  return undefined;
}
