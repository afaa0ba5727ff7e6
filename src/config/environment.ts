/** Settings from environment variables. */

import type { ConfigProblem } from './layer/config-error.ts';
import { ENVIRONMENT_PREFIX, FIELDS } from './schema/fields.ts';
import { HIDDEN } from './layer/given.ts';
import { createTextLayer, type Layer } from './layer/layer.ts';
import { suggest } from './layer/nearest.ts';

/** Names the configuration file when no `--config` does. */
export const FILE_VARIABLE = `${ENVIRONMENT_PREFIX}CONFIG`;

/** Reads the `STATECAST_…` variables; one that belongs to no setting is a problem, as it is most likely a typing error. */
export function readEnvironment(env: NodeJS.ProcessEnv): Layer {
  const given = FIELDS.flatMap((field) => {
    const text = env[field.variable];
    return text === undefined ? [] : [{ field, text, source: nameSource(field.variable) }];
  });
  return createTextLayer(given, findUnknownVariables(env));
}

function findUnknownVariables(env: NodeJS.ProcessEnv): ConfigProblem[] {
  const known = [...FIELDS.map((field) => field.variable), FILE_VARIABLE];
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

/** The prefix that all names share must not make them look similar. */
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
