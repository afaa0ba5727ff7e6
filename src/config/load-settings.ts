/** Combines the settings of file, environment and flags; a later source wins. The environment is an argument. */

import { ConfigError } from './layer/config-error.ts';
import { FILE_VARIABLE, readEnvironment } from './environment.ts';
import { FIELDS } from './schema/fields.ts';
import { readFlags, type SettingsFlags } from './flags.ts';
import type { Layer, SourceOf } from './layer/layer.ts';
import { findCombinedProblems, findFieldProblems, parseSettings } from './parse-settings.ts';
import { formatPath, setAt, valueAt } from './schema/path.ts';
import type { Settings } from './schema/settings.ts';
import { readSettingsFile } from './settings-file.ts';

export interface SettingsSources {
  /** A file of settings. Default: the one that `STATECAST_CONFIG` names, if any. */
  readonly file?: string | undefined;
  /** What has named `file`, for problems. Default: `flag --config`. */
  readonly fileNamedBy?: string;
  readonly env: NodeJS.ProcessEnv;
  readonly flags: SettingsFlags;
  /** Settings that a program has in its code; all other sources win. Default: none. */
  readonly code?: unknown;
}

/**
 * Loads the settings: code, then file, then environment, then flags. Each source is checked by itself, so that a bad value is
 * reported even if a later source overrides it.
 * @throws {ConfigError} with the problems of all sources.
 */
export function loadSettings({ file, fileNamedBy, env, flags, code }: SettingsSources): Settings {
  const layers = [
    ...readCode(code),
    ...readFile(file, fileNamedBy, env),
    readEnvironment(env),
    readFlags(flags),
  ];
  const merged = mergeLayers(layers);
  const problems = layers.flatMap((layer) => [
    ...layer.problems,
    ...findFieldProblems(layer.input, layer.sourceOf),
  ]);
  if (!layers.some((layer) => layer.isUnread)) {
    problems.push(...findCombinedProblems(merged.input, merged.sourceOf));
  }
  if (problems.length > 0) throw new ConfigError(problems);
  const parsed = parseSettings(merged.input);
  if (!parsed.ok) throw new ConfigError(parsed.problems);
  return parsed.settings;
}

function readCode(input: unknown): Layer[] {
  return input === undefined ? [] : [{ input, sourceOf: () => 'options of the program', problems: [] }];
}

function readFile(file: string | undefined, namedBy: string | undefined, env: NodeJS.ProcessEnv): Layer[] {
  if (file !== undefined) return [readSettingsFile(file, namedBy ?? 'flag --config')];
  const named = env[FILE_VARIABLE];
  return named === undefined ? [] : [readSettingsFile(named, `environment ${FILE_VARIABLE}`)];
}

/** Takes each setting from the last layer that has it. Unknown keys are left out; they are problems of their layer. */
function mergeLayers(layers: readonly Layer[]): {
  input: unknown;
  sourceOf: SourceOf;
} {
  const input = {};
  const owners = new Map<string, Layer>();
  for (const field of FIELDS) {
    const owner = layers.findLast((layer) => valueAt(layer.input, field.keys) !== undefined);
    if (!owner) continue;
    owners.set(field.path, owner);
    setAt(input, field.keys, valueAt(owner.input, field.keys));
  }
  return { input, sourceOf: (path) => owners.get(formatPath(path))?.sourceOf(path) };
}
