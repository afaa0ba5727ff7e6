/** TUP: packets of version 2 and 3, in which parameters are sent by name, as attributes. TarsPHP's clients use it. */

import { setOwn } from '../../protocol/json/own-property.ts';
import type { RequestPacket } from './packets.ts';
import { TarsReader } from './reader.ts';
import { hasFields, type Field, type TarsStruct } from './struct.ts';
import type { Decoded, TarsType } from './tars-type.ts';
import { tupTypeName } from './tup-type-name.ts';
import { TarsDecodeError, locate, refuse } from './wire-errors.ts';
import { TarsWriter } from './writer.ts';

export const TUP_VERSION = {
  /** Each value is sent with the name of its type. */
  complex: 2,
  simple: 3,
} as const;

export type TupVersion = (typeof TUP_VERSION)[keyof typeof TUP_VERSION];

/** A function has at most 255 parameters; a caller may add some names. */
const MAX_ATTRIBUTES = 1024;

/** An empty map of attributes, with tag 0. */
const NO_ATTRIBUTES = Uint8Array.of(0x08, 0x0c);

/** The names of the return value: the empty one, and a second one that servants in C++ and Go add. */
const RETURN_NAMES = ['', 'tars_ret'];

/** Where callers look for the return code, as a decimal number. */
const RESULT_CODE = 'STATUS_RESULT_CODE';

export function isTupVersion(version: number): version is TupVersion {
  return version === TUP_VERSION.simple || version === TUP_VERSION.complex;
}

/**
 * Reads the fields of a struct, each from the attribute of its name. Other attributes are ignored, and so are the type
 * names of version 2: the bytes are checked against the types of the struct.
 * @throws {TarsDecodeError}
 */
export function decodeAttributes<T extends object>(
  { name, fields }: TarsStruct<T>,
  body: Uint8Array,
  version: TupVersion,
): Decoded<T> {
  const decoded: Record<string, unknown> = {};
  let step = name;
  try {
    const attributes = readAttributes(body, version);
    for (const [parameter, field] of Object.entries(fields)) {
      step = `${name}.${parameter}`;
      setOwn(decoded, parameter, readValue(field, attributes.get(parameter)));
    }
  } catch (error) {
    throw locate(error, step);
  }
  return decoded as Decoded<T>;
}

/**
 * Writes the fields of a struct as attributes by their names; the field with tag 0 is the return value.
 * @throws {TarsEncodeError}
 */
export function encodeAttributes<T extends object>(
  { name, fields }: TarsStruct<T>,
  value: T,
  version: TupVersion,
): Uint8Array {
  const attributes: Attribute[] = [];
  let step = name;
  try {
    if (!hasFields(value)) throw refuse('an object', value);
    for (const [parameter, field] of Object.entries(fields)) {
      step = `${name}.${parameter}`;
      const bytes = writeValue(field, ownOrGiven(value, parameter));
      const names = field.tag === 0 ? RETURN_NAMES : [parameter];
      for (const each of names) attributes.push({ name: each, bytes, type: field.type });
    }
  } catch (error) {
    throw locate(error, step);
  }
  return writeAttributes(attributes, version);
}

/** The fields of a request that are repeated in its answer. */
export type TupRequest = Readonly<Pick<RequestPacket, 'requestId' | 'servant' | 'func'>> & {
  readonly version: TupVersion;
};

/** The packet that answers a TUP request. It has the form of a request too. */
export function toTupAnswer(
  { version, requestId, servant, func }: TupRequest,
  { ret, body }: { readonly ret: number; readonly body: Uint8Array },
): RequestPacket {
  return {
    version,
    requestId,
    servant,
    func,
    // Callers decode the attributes before they look at the code.
    body: body.length > 0 ? body : NO_ATTRIBUTES,
    status: new Map([[RESULT_CODE, `${ret}`]]),
  };
}

interface Attribute {
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly type: TarsType<unknown>;
}

/** The values are views of the body. */
function readAttributes(body: Uint8Array, version: TupVersion): Map<string, Uint8Array> {
  const reader = new TarsReader(body);
  reader.require(0);
  const count = reader.beginMap();
  if (count > MAX_ATTRIBUTES) throw new TarsDecodeError(`more than ${MAX_ATTRIBUTES} attributes`);
  const attributes = new Map<string, Uint8Array>();
  for (let left = count; left > 0; left--) {
    reader.require(0);
    const name = reader.string();
    reader.require(1);
    attributes.set(name, version === TUP_VERSION.simple ? reader.bytes() : readOnlyEntry(reader));
  }
  return attributes;
}

/** The value in a map of one entry, whose key is the type's name. */
function readOnlyEntry(reader: TarsReader): Uint8Array {
  const count = reader.beginMap();
  if (count !== 1) throw new TarsDecodeError(`an attribute of ${count} types`);
  reader.require(0);
  reader.string();
  reader.require(1);
  const bytes = reader.bytes();
  reader.leave();
  return bytes;
}

function readValue({ type, required, fallback }: Field<unknown>, bytes: Uint8Array | undefined): unknown {
  if (bytes === undefined) {
    if (required) throw new TarsDecodeError('there is no such attribute');
    return (fallback ?? type.initial)();
  }
  const reader = new TarsReader(bytes);
  reader.require(0);
  return type.read(reader);
}

function writeValue({ type, fallback }: Field<unknown>, value: unknown): Uint8Array {
  const writer = new TarsWriter();
  type.write(writer, 0, value === undefined && fallback !== undefined ? fallback() : value);
  return writer.finish();
}

/** Every object inherits a property such as `constructor`: of such a name, only an own property counts. */
function ownOrGiven(value: object, name: string): unknown {
  if (name in Object.prototype && !Object.hasOwn(value, name)) return undefined;
  return (value as Record<string, unknown>)[name];
}

function writeAttributes(attributes: readonly Attribute[], version: TupVersion): Uint8Array {
  const writer = new TarsWriter();
  writer.beginMap(0, attributes.length);
  for (const { name, bytes, type } of attributes) {
    writer.string(0, name);
    if (version === TUP_VERSION.simple) {
      writer.bytes(1, bytes);
      continue;
    }
    writer.beginMap(1, 1);
    writer.string(0, tupTypeName(type));
    writer.bytes(1, bytes);
    writer.leave();
  }
  writer.leave();
  return writer.finish();
}
