/** Settings from the flags of the command line, which commander has parsed. */

import { FIELDS, type Field } from './schema/fields.ts';
import { createTextLayer, type Layer } from './layer/layer.ts';

/** The flags as texts, by their names in camel case: `--data-dir` is `dataDir`. */
export type SettingsFlags = Readonly<Record<string, string | undefined>>;

export function readFlags(flags: SettingsFlags): Layer {
  const given = FIELDS.flatMap((field) => {
    const name = flagName(field);
    const text = name === undefined ? undefined : flags[toCamelCase(name)];
    return text === undefined ? [] : [{ field, text, source: `flag --${name}` }];
  });
  return createTextLayer(given, []);
}

/** The flag declared as `--data-dir <dir>` has the name `data-dir`. */
function flagName(field: Field): string | undefined {
  return field.flag?.split(' ')[0]?.slice(2);
}

function toCamelCase(name: string): string {
  return name.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase());
}
