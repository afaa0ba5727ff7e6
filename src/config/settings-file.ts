/** Settings from a JSON file, or from the TARS configuration of a platform. It judges whether the file can be read, not what is in it. */

import { readFileSync } from 'node:fs';
import { isTarsConf } from './tars-conf/conf-parser.ts';
import { readTarsSettings } from './tars-conf/conf-settings.ts';
import type { ConfigProblem } from './layer/config-error.ts';
import { findJsonError } from './json-error.ts';
import type { Layer } from './layer/layer.ts';
import { formatPath } from './schema/path.ts';

/**
 * Reads a file of settings.
 * @param namedBy what named the file, for the problem that there is none: `flag --config`.
 */
export function readSettingsFile(file: string, namedBy: string): Layer {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return createBrokenLayer({
      path: WHOLE_FILE,
      given: JSON.stringify(file),
      allowed: `a file that can be read (${reason})`,
      source: namedBy,
    });
  }
  return isTarsConf(text) ? readTarsSettings(text, file).layer : parseSettingsFile(file, text);
}

const WHOLE_FILE = formatPath([]);

function parseSettingsFile(file: string, text: string): Layer {
  const source = `file ${file}`;
  const json = text.replace(/^\uFEFF/, '');
  try {
    return { input: JSON.parse(json) as unknown, sourceOf: () => source, problems: [] };
  } catch {
    const { line, column } = findJsonError(json);
    const allowed = `JSON, which the file ceases to be at line ${line}, column ${column}`;
    return createBrokenLayer({ path: WHOLE_FILE, given: '(not JSON)', allowed, source });
  }
}

function createBrokenLayer(problem: ConfigProblem & { source: string }): Layer {
  return { input: {}, sourceOf: () => problem.source, problems: [problem], isUnread: true };
}
