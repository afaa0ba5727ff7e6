/**
 * Converts TARS values to JSON and back: a `Map` becomes an object, bytes become base64, a bigint becomes its digits.
 * Whether a value from JSON fits its type is checked when it is encoded.
 */

import { JsonNumber, toNumber } from '../../protocol/json/json-number.ts';
import { setOwn } from '../../protocol/json/own-property.ts';
import type { TarsType } from './tars-type.ts';
import { Misfit } from './wire-errors.ts';
import { MAX_NESTING } from './wire-type.ts';

type AnyType = TarsType<unknown>;

interface JsonField {
  readonly name: string;
  readonly type: AnyType;
  /** The default, if the field may be left out. */
  readonly fallback?: (() => unknown) | undefined;
}

/** A decoded value as JSON. */
export function toJson(type: AnyType, value: unknown): unknown {
  return type.toJson === undefined ? value : type.toJson(value);
}

/** A map as an object, or as a list of pairs if its keys cannot be property names. */
export function mapToJson(key: AnyType, value: AnyType, map: ReadonlyMap<unknown, unknown>): unknown {
  const entries = [...map].map(([one, other]) => [toJson(key, one), toJson(value, other)] as const);
  return hasPairs(key) ? entries : Object.fromEntries(entries);
}

export function structToJson(fields: readonly JsonField[], value: object): unknown {
  // Most structs need no conversion.
  if (fields.every(({ type }) => type.toJson === undefined)) return value;
  const given = value as Record<string, unknown>;
  const json: Record<string, unknown> = {};
  for (const { name, type } of fields) setOwn(json, name, toJson(type, given[name]));
  return json;
}

/** JSON as a value of a type. JSON of the wrong shape is refused when the value is encoded. */
export function fromJson(type: AnyType, json: unknown, depth = 0): unknown {
  if (depth > MAX_NESTING) return new Misfit(`nesting of at most ${MAX_NESTING}`, json, 'more');
  return type.fromJson === undefined ? json : type.fromJson(json, depth);
}

/** A map from an object; from a list of pairs if its keys are structs, lists or maps. */
export function mapFromJson(key: AnyType, value: AnyType, json: unknown, depth: number): unknown {
  if (hasPairs(key)) return mapFromPairs(key, value, json, depth);
  if (!isObject(json)) return new Misfit('an object', json);
  const map = new Map<unknown, unknown>();
  for (const [name, item] of Object.entries(json)) {
    const converted = readName(key, name, depth);
    if (map.has(converted)) return new Misfit('each key once', json, 'one key in two forms');
    map.set(converted, fromJson(value, item, depth + 1));
  }
  return map;
}

/** Unknown names are ignored, like unknown tags. A missing field without a default is refused when it is encoded. */
export function structFromJson(fields: readonly JsonField[], json: unknown, depth: number): unknown {
  if (!isObject(json)) return new Misfit('an object', json);
  const value: Record<string, unknown> = {};
  for (const { name, type, fallback } of fields) {
    if (Object.hasOwn(json, name)) setOwn(value, name, fromJson(type, json[name], depth + 1));
    else if (fallback === undefined) setOwn(value, name, fromJson(type, undefined, depth + 1));
  }
  return value;
}

function mapFromPairs(key: AnyType, value: AnyType, json: unknown, depth: number): unknown {
  if (!Array.isArray(json)) return new Misfit('a list of pairs [key, value]', json);
  const map = new Map<unknown, unknown>();
  for (const pair of json as unknown[]) {
    const isPair = Array.isArray(pair) && pair.length === 2;
    if (!isPair) return new Misfit('a list of pairs [key, value]', json, 'an item that is no pair');
    map.set(fromJson(key, pair[0], depth + 1), fromJson(value, pair[1], depth + 1));
  }
  return map;
}

/** Whether the keys cannot be property names. */
function hasPairs(key: AnyType): boolean {
  return typeof key.initial() === 'object';
}

function isObject(json: unknown): json is Record<string, unknown> {
  return typeof json === 'object' && json !== null && !Array.isArray(json) && !(json instanceof JsonNumber);
}

/** A number as JSON writes it. */
const NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;

/** The key that a property name stands for. */
function readName(key: AnyType, name: string, depth: number): unknown {
  const kind = typeof key.initial();
  if (kind === 'boolean') return name === 'true' || (name === 'false' ? false : name);
  return fromJson(key, kind === 'number' && NUMBER.test(name) ? toNumber(name) : name, depth + 1);
}
