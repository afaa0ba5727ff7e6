/** Looks up the schema at a path, and describes in words what a schema allows. */

import * as z from 'zod';
import { fieldNotes, type FieldNotes } from './field-notes.ts';
import type { Path } from './path.ts';
import { settingsSchema } from './schema.ts';

/** The schema at a path, or nothing if there is no such setting. */
export function findSchema(path: Path): z.ZodType | undefined {
  let schema: z.ZodType | undefined = settingsSchema;
  for (const key of path) {
    const parent: z.ZodType | undefined = schema && choose(unwrap(schema), typeof key === 'number');
    if (parent instanceof z.ZodObject)
      schema = sectionKeys(parent).includes(String(key)) ? parent.shape[String(key)] : undefined;
    else if (parent instanceof z.ZodRecord) schema = parent.valueType as z.ZodType;
    else if (parent instanceof z.ZodArray) schema = parent.element as z.ZodType;
    else return undefined;
  }
  return schema;
}

/** Of one thing or a list of such things: what a value is judged by. Anything else stays as it is. */
export function choose(schema: z.ZodType, isList: boolean): z.ZodType {
  if (!(schema instanceof z.ZodUnion)) return schema;
  const options = schema.options as readonly z.ZodType[];
  return options.find((option) => option instanceof z.ZodArray === isList) ?? schema;
}

/** The names in a section; none if the schema is no section. */
export function sectionKeys(schema: z.ZodType | undefined): readonly string[] {
  const inner = schema && unwrap(schema);
  return inner instanceof z.ZodObject ? Object.keys(inner.shape) : [];
}

/** The schema inside a default or an optional. */
export function unwrap(schema: z.ZodType): z.ZodType {
  const isWrapped =
    schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault || schema instanceof z.ZodOptional;
  return isWrapped ? unwrap(schema.unwrap() as z.ZodType) : schema;
}

export function notesOf(schema: z.ZodType): FieldNotes {
  return fieldNotes.get(schema) ?? fieldNotes.get(unwrap(schema)) ?? {};
}

/** Describes the values that a schema allows: "a whole number of bytes from 1 to 1024". */
export function describeAllowed(schema: z.ZodType): string {
  const { allowed, unit } = notesOf(schema);
  if (allowed !== undefined) return allowed;
  const inner = unwrap(schema);
  if (inner instanceof z.ZodNumber) return describeNumber(inner, unit);
  if (inner instanceof z.ZodBoolean) return 'true or false';
  if (inner instanceof z.ZodEnum) return `one of ${inner.options.join(', ')}`;
  if (inner instanceof z.ZodArray) return `a list, each item ${describeAllowed(inner.element as z.ZodType)}`;
  if (inner instanceof z.ZodObject) return `an object with ${sectionKeys(inner).join(', ')}`;
  return 'a text';
}

/** Describes the names that the last key of a path may have, if its parent allows free names. */
export function describeAllowedKey(path: Path): string {
  const parent = findSchema(path.slice(0, -1));
  const inner = parent && unwrap(parent);
  return inner instanceof z.ZodRecord ? describeAllowed(inner.keyType as z.ZodType) : 'a text';
}

function describeNumber(schema: z.ZodNumber, unit: string | undefined): string {
  const kind = schema.format === 'safeint' ? 'a whole number' : 'a number';
  return `${kind}${unit === undefined ? '' : ` of ${unit}`} from ${schema.minValue} to ${schema.maxValue}`;
}
