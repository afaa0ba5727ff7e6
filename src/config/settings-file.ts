/** Settings from a JSON file, or from the configuration file of a TARS platform. The values are checked elsewhere. */

import { readFileSync } from 'node:fs';
import { isTarsConf } from './tars-conf/conf-parser.ts';
import { readTarsSettings } from './tars-conf/conf-settings.ts';
import type { ConfigProblem } from './layer/config-error.ts';
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
    const allowed = `JSON; the first error is at line ${line}, column ${column}`;
    return createBrokenLayer({ path: WHOLE_FILE, given: '(not JSON)', allowed, source });
  }
}

function createBrokenLayer(problem: ConfigProblem & { source: string }): Layer {
  return { input: {}, sourceOf: () => problem.source, problems: [problem], isUnread: true };
}

/**
 * Finds the first character that makes a text no JSON, counted from 1; one past the end if the text ends too early.
 * The messages of `JSON.parse` do not always tell, and they quote the text around the place, which may be a secret.
 */
export function findJsonError(text: string): { line: number; column: number } {
  // A bisection: once the start of a text cannot become JSON, no longer start can.
  let viable = 0;
  let broken = text.length + 1;
  while (broken - viable > 1) {
    const middle = Math.floor((viable + broken) / 2);
    if (couldBecomeJson(text.slice(0, middle))) viable = middle;
    else broken = middle;
  }
  const before = text.slice(0, viable).split('\n');
  return { line: before.length, column: (before.at(-1) ?? '').length + 1 };
}

/** An error at the very end of a text means that the text goes on. */
function couldBecomeJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch (error) {
    const message = error instanceof Error ? error.message : '';
    const position = /at position (\d+)/.exec(message)?.[1];
    return position === undefined ? message.startsWith('Unexpected end') : Number(position) >= text.length;
  }
}
