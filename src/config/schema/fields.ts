/** The settings as a flat list, each with its names in every source. */

import * as z from 'zod';
import { formatPath, isWithin, type Path } from './path.ts';
import { settingsSchema } from './schema.ts';
import { choose, describeAllowed, findSchema, notesOf, sectionKeys, unwrap } from './schema-tree.ts';

export const ENVIRONMENT_PREFIX = 'STATECAST_';

/** One setting: a leaf of the schema. A list or a record is one setting, replaced as a whole by a later source. */
export interface Field {
  readonly keys: readonly string[];
  /** `limits.messageBytes` */
  readonly path: string;
  /** `STATECAST_LIMITS_MESSAGE_BYTES` */
  readonly variable: string;
  /** As commander declares it: `--data-dir <dir>`. */
  readonly flag: string | undefined;
  /** `undefined` for a setting without a default. */
  readonly defaultValue: unknown;
  readonly allowed: string;
  readonly meaning: string;
  readonly secret: boolean;
  /** How a text from the environment or a flag becomes a value. */
  readonly kind: FieldKind;
}

type FieldKind = 'text' | 'number' | 'boolean' | 'list' | 'json';

/** All settings, in the order of the schema. */
export const FIELDS: readonly Field[] = listFields([]);

/** Whether a path goes to a secret or to a section that contains one. */
export function holdsSecret(path: Path): boolean {
  return FIELDS.some((field) => field.secret && isWithin(field.keys, path));
}

function listFields(parent: readonly string[]): Field[] {
  return sectionKeys(findSchema(parent)).flatMap((key) => {
    const keys = [...parent, key];
    const schema = findSchema(keys) ?? settingsSchema;
    const isSection = sectionKeys(schema).length > 0 && notesOf(schema).whole !== true;
    return isSection ? listFields(keys) : [toField(keys, schema)];
  });
}

function toField(keys: readonly string[], schema: z.ZodType): Field {
  const { flag, secret } = notesOf(schema);
  return {
    keys,
    path: formatPath(keys),
    variable: toVariable(keys),
    flag,
    defaultValue: schema instanceof z.ZodDefault ? schema.def.defaultValue : undefined,
    allowed: describeAllowed(schema),
    meaning: schema.description ?? '',
    secret: secret ?? false,
    kind: notesOf(schema).whole === true ? 'json' : toKind(unwrap(schema)),
  };
}

function toVariable(keys: readonly string[]): string {
  const words = keys.map((key) => key.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase());
  return ENVIRONMENT_PREFIX + words.join('_');
}

function toKind(schema: z.ZodType): FieldKind {
  // One thing or a list of such things is a list in a text.
  const list = choose(schema, true);
  if (list !== schema) return toKind(list);
  if (schema instanceof z.ZodNumber) return 'number';
  // A number or a word: what is no number stays a text.
  if (schema instanceof z.ZodUnion && schema.options.some((option) => option instanceof z.ZodNumber))
    return 'number';
  if (schema instanceof z.ZodBoolean) return 'boolean';
  if (schema instanceof z.ZodArray)
    return sectionKeys(schema.element as z.ZodType).length > 0 ? 'json' : 'list';
  if (schema instanceof z.ZodRecord) return 'json';
  return 'text';
}
