/** The command `statecast config`: the effective settings with their secrets masked, or the page of all settings. */

import { isDeepStrictEqual } from 'node:util';
import { renderConfigurationPage } from '../config/configuration-page.ts';
import { SECRET_MASK } from '../config/layer/given.ts';
import { loadSettings, type SettingsSources } from '../config/load-settings.ts';
import { FIELDS } from '../config/schema/fields.ts';
import { setAt, valueAt } from '../config/schema/path.ts';
import type { Settings } from '../config/schema/settings.ts';

/**
 * Returns what the command prints: the page if `docs` is true, whatever the sources say; else the settings as JSON.
 * @throws {ConfigError} when the sources have mistakes.
 */
export function runConfigCommand(sources: SettingsSources, docs: boolean): string {
  if (docs) return renderConfigurationPage();
  return `${JSON.stringify(maskSettings(loadSettings(sources)), undefined, 2)}\n`;
}

/** Copies the settings, with `(set)` in the place of each secret that is set. A default is no secret. */
export function maskSettings(settings: Settings): unknown {
  const masked = {};
  for (const field of FIELDS) {
    const value = valueAt(settings, field.keys);
    const isSecret = field.secret && !isDeepStrictEqual(value, field.defaultValue);
    const section = field.keys.slice(0, -1);
    if (valueAt(masked, section) === undefined) setAt(masked, section, {});
    if (value !== undefined) setAt(masked, field.keys, isSecret ? SECRET_MASK : value);
  }
  return masked;
}
