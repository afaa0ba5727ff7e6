/** A layer is what one source gives: a part of the settings, the source of each value, and the problems of reading it. */

import type { ConfigProblem } from './config-error.ts';
import type { Field } from '../schema/fields.ts';
import { isWithin, setAt, type Path } from '../schema/path.ts';

/** Returns the source of the value at a path, if it is known. */
export type SourceOf = (path: Path) => string | undefined;

export interface Layer {
  readonly input: unknown;
  readonly sourceOf: SourceOf;
  readonly problems: readonly ConfigProblem[];
  /** The source could not be read at all, so it is unknown what it would have set. */
  readonly isUnread?: true;
}

/** A setting that was given as a text, by the environment or a flag. */
interface TextSetting {
  readonly field: Field;
  readonly text: string;
  readonly source: string;
}

/** Makes a layer from texts. A text that cannot be converted stays a text, and the schema refuses it. */
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
