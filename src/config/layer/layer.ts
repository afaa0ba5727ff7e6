/** What one source gives: a part of the settings, where each value came from, and what could not even be read. */

import type { ConfigProblem } from './config-error.ts';
import type { Field } from '../schema/fields.ts';
import { isWithin, setAt, type Path } from '../schema/path.ts';

/** Names the source of the value at a path, if it is known. */
export type SourceOf = (path: Path) => string | undefined;

export interface Layer {
  readonly input: unknown;
  readonly sourceOf: SourceOf;
  readonly problems: readonly ConfigProblem[];
  /** The source could not be read at all: nobody knows what it would have set. */
  readonly isUnread?: true;
}

/** One setting that was given as a text, by the environment or a flag. */
interface TextSetting {
  readonly field: Field;
  readonly text: string;
  readonly source: string;
}

/** Makes a layer of settings that were given as texts. A text that cannot be read stays a text, for the schema to refuse. */
export function createTextLayer(settings: readonly TextSetting[], problems: readonly ConfigProblem[]): Layer {
  const input = {};
  for (const { field, text } of settings) setAt(input, field.keys, readText(field, text));
  return {
    input,
    sourceOf: (path) => settings.find(({ field }) => isWithin(path, field.keys))?.source,
    problems,
  };
}

function readText(field: Field, text: string): unknown {
  switch (field.kind) {
    case 'text':
      return text;
    case 'number':
      return /^-?\d+(\.\d+)?$/.test(text.trim()) ? Number(text) : text;
    case 'boolean':
      return BOOLEANS.get(text) ?? text;
    case 'list':
      return text
        .split(',')
        .map((item) => item.trim())
        .filter((item) => item !== '');
    case 'json':
      return readJson(text);
  }
}

const BOOLEANS = new Map([
  ['true', true],
  ['1', true],
  ['false', false],
  ['0', false],
]);

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
