/** `statecast config`: what the configuration is and what it could be, as a text. It prints nothing itself. */

import { renderConfigurationPage } from '../config/configuration-page.ts';
import { loadSettings, type SettingsSources } from '../config/load-settings.ts';
import { maskSettings } from '../config/mask-settings.ts';

/**
 * The page of all settings if `docs` is asked for, whatever the sources say; else the effective settings as JSON.
 * @throws {ConfigError} when the sources have mistakes.
 */
export function runConfigCommand(sources: SettingsSources, docs: boolean): string {
  if (docs) return renderConfigurationPage();
  return `${JSON.stringify(maskSettings(loadSettings(sources)), undefined, 2)}\n`;
}
