/**
 * Converts TARS values to JSON and back: a `Map` becomes an object, bytes become base64, a bigint becomes its digits.
 * Whether a value from JSON fits its type is checked when it is encoded.
 */

import type { TarsType } from './tars-type.ts';

type AnyType = TarsType<unknown>;

interface JsonField {
  readonly name: string;
  readonly type: AnyType;
}

/** A decoded value as JSON. */
export function toJson(type: AnyType, value: unknown): unknown {
  return type.toJson === undefined ? value : type.toJson(value);
}

/** A map as an object, or as a list of pairs if its keys cannot be property names. */
export function mapToJson(key: AnyType, value: AnyType, map: ReadonlyMap<unknown, unknown>): unknown {
  const entries = [...map].map(([one, other]) => [toJson(key, one), toJson(value, other)] as const);
  return typeof key.initial() === 'object' ? entries : Object.fromEntries(entries);
}

export function structToJson(fields: readonly JsonField[], value: object): unknown {
  // Most structs need no conversion.
  if (fields.every(({ type }) => type.toJson === undefined)) return value;
  const given = value as Record<string, unknown>;
  const json: Record<string, unknown> = {};
  for (const { name, type } of fields) json[name] = toJson(type, given[name]);
  return json;
}

/** JSON as a value of a type; JSON of the wrong shape is returned as it is. */
export function fromJson(type: AnyType, json: unknown): unknown {
  return type.fromJson === undefined ? json : type.fromJson(json);
}

/** A map from an object, or from a list of pairs (structs as keys). */
export function mapFromJson(key: AnyType, value: AnyType, json: unknown): unknown {
  if (typeof json !== 'object' || json === null) return json;
  if (!Array.isArray(json)) {
    return new Map(Object.entries(json).map(([name, item]) => [readName(key, name), fromJson(value, item)]));
  }
  if (!json.every((pair) => Array.isArray(pair) && pair.length === 2)) return json;
  return new Map(
    json.map(([one, other]: [unknown, unknown]) => [fromJson(key, one), fromJson(value, other)]),
  );
}

/** Unknown names are ignored, like unknown tags. */
export function structFromJson(fields: readonly JsonField[], json: unknown): unknown {
  if (typeof json !== 'object' || json === null || Array.isArray(json)) return json;
  const given = json as Record<string, unknown>;
  const value: Record<string, unknown> = {};
  for (const { name, type } of fields) {
    if (Object.hasOwn(given, name)) value[name] = fromJson(type, given[name]);
  }
  return value;
}

function readName(key: AnyType, name: string): unknown {
  const kind = typeof key.initial();
  if (kind === 'number') return Number(name);
  if (kind === 'boolean') return name === 'true' || (name === 'false' ? false : name);
  return fromJson(key, name);
}
