/**
 * TARS values as JSON and back, for clients that speak nothing else: a `Map` is an object, bytes are base64, a
 * bigint is its digits. Whether a value from JSON fits is judged when it is encoded.
 */

import type { TarsType } from './tars-type.ts';

/** A type of which only its JSON is asked. */
type AnyType = TarsType<unknown>;

/** What a struct's fields are in JSON. */
interface JsonField {
  readonly name: string;
  readonly type: AnyType;
}

/** A decoded value as JSON. */
export function toJson(type: AnyType, value: unknown): unknown {
  return type.toJson === undefined ? value : type.toJson(value);
}

/** A map as an object, or as a list of pairs where its keys cannot be names. */
export function mapToJson(key: AnyType, value: AnyType, map: ReadonlyMap<unknown, unknown>): unknown {
  const entries = [...map].map(([one, other]) => [toJson(key, one), toJson(value, other)] as const);
  return typeof key.initial() === 'object' ? entries : Object.fromEntries(entries);
}

export function structToJson(fields: readonly JsonField[], value: object): unknown {
  // Most structs are JSON as they are.
  if (fields.every(({ type }) => type.toJson === undefined)) return value;
  const given = value as Record<string, unknown>;
  const json: Record<string, unknown> = {};
  for (const { name, type } of fields) json[name] = toJson(type, given[name]);
  return json;
}

/** What JSON says, as a value of a type; what is not of the right shape is passed on as it is. */
export function fromJson(type: AnyType, json: unknown): unknown {
  return type.fromJson === undefined ? json : type.fromJson(json);
}

/** An object's names are keys; a list of pairs is a map too, as structs cannot be names. */
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

/** Names that the struct lacks are left out, as unknown tags are. */
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
