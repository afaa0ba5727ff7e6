/** Settings from the flags of the command line. It parses no command line. */

import { FIELDS, type Field } from './schema/fields.ts';
import { createTextLayer, type Layer } from './layer/layer.ts';

/** What the flags say, as texts, by the flag's name in camel case: `--data-dir` is `dataDir`. */
export type SettingsFlags = Readonly<Record<string, string | undefined>>;

export function readFlags(flags: SettingsFlags): Layer {
  const given = FIELDS.flatMap((field) => {
    const name = flagName(field);
    const text = name === undefined ? undefined : flags[toCamelCase(name)];
    return text === undefined ? [] : [{ field, text, source: `flag --${name}` }];
  });
  return createTextLayer(given, []);
}

/** `--data-dir <dir>` is declared, `data-dir` is its name. */
function flagName(field: Field): string | undefined {
  return field.flag?.split(' ')[0]?.slice(2);
}

function toCamelCase(name: string): string {
  return name.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase());
}
