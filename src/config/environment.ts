/** Settings from environment variables. */

import type { ConfigProblem } from './layer/config-error.ts';
import { ENVIRONMENT_PREFIX, FIELDS } from './schema/fields.ts';
import { HIDDEN } from './layer/given.ts';
import { createTextLayer, type Layer } from './layer/layer.ts';
import { suggest } from './layer/nearest.ts';

/** The variable that names the configuration file when there is no `--config`. */
export const FILE_VARIABLE = `${ENVIRONMENT_PREFIX}CONFIG`;

/** The variable that tells commands where a running server is. It is no setting of a server. */
export const SERVER_URL_VARIABLE = `${ENVIRONMENT_PREFIX}URL`;

/** Reads the `STATECAST_…` variables. One that belongs to no setting is a problem: most likely it is misspelt. */
export function readEnvironment(env: NodeJS.ProcessEnv): Layer {
  const given = FIELDS.flatMap((field) => {
    const text = env[field.variable];
    return text === undefined ? [] : [{ field, text, source: nameSource(field.variable) }];
  });
  return createTextLayer(given, findUnknownVariables(env));
}

function findUnknownVariables(env: NodeJS.ProcessEnv): ConfigProblem[] {
  const known = [...FIELDS.map((field) => field.variable), FILE_VARIABLE, SERVER_URL_VARIABLE];
  const unknown = Object.keys(env).filter(
    (name) => name.startsWith(ENVIRONMENT_PREFIX) && !known.includes(name),
  );
  return unknown.map((name) => ({
    path: '(unknown)',
    given: HIDDEN,
    allowed: `no such variable${suggestVariable(name, known)}`,
    source: nameSource(name),
  }));
}

/** Compares names without their common prefix, which would make all of them similar. */
function suggestVariable(name: string, known: readonly string[]): string {
  const bare = known.map((variable) => variable.slice(ENVIRONMENT_PREFIX.length));
  return suggest(name.slice(ENVIRONMENT_PREFIX.length), bare, ENVIRONMENT_PREFIX);
}

function nameSource(variable: string): string {
  return `environment ${variable}`;
}

/** Whether `NODE_ENV` is `production`, as hosting services set it. */
export function isProduction(): boolean {
  return process.env['NODE_ENV'] === 'production';
}
