/** Structs: fields by name, written and read in the order of their tags. The arguments of a call are a struct too. */

import { setOwn } from '../../protocol/json/own-property.ts';
import { structFromJson, structToJson } from './json.ts';
import { TarsReader } from './reader.ts';
import type { Decoded, TarsType } from './tars-type.ts';
import { locate, Misfit, refuse } from './wire-errors.ts';
import { TarsWriter } from './writer.ts';

/** One field: its tag, its type and its default. */
export interface Field<T> {
  readonly tag: number;
  readonly type: TarsType<T>;
  /** Bytes without this field do not decode. */
  readonly required: boolean;
  /** The default, written if the value is left out; without a default the value cannot be left out. */
  readonly fallback?: () => Decoded<T>;
}

/** A field for each property of `T`. */
export type Fields<T> = { readonly [Name in keyof T]-?: Field<NonNullable<T[Name]>> };

/** A field that is always sent; with a default it may be left out of the value. */
export function required<T>(tag: number, type: TarsType<T>, fallback?: Decoded<T>): Field<T> {
  return {
    tag,
    type,
    required: true,
    ...(fallback === undefined ? {} : { fallback: () => fallback }),
  };
}

/**
 * A field that may be missing in the bytes and in the value: then it has its default, or the default of its type. It
 * is always written, like in the JavaScript of the reference generator.
 */
export function optional<T>(tag: number, type: TarsType<T>, fallback?: Decoded<T>): Field<T> {
  return { tag, type, required: false, fallback: fallback === undefined ? type.initial : () => fallback };
}

/** The codec of a struct, and its type inside other types. */
export interface TarsStruct<T> extends TarsType<T> {
  /** `Module.Name`, the start of the paths in errors. */
  readonly name: string;
  /** Its fields by name. */
  readonly fields: Readonly<Record<string, Field<unknown>>>;
  /** The fields alone, as the body of a call has them. @throws {TarsEncodeError} */
  encode(value: T): Uint8Array;
  /** Unknown tags are skipped. @throws {TarsDecodeError} */
  decode(bytes: Uint8Array): Decoded<T>;
  /** Like `encode`, with the total length in four bytes before it. @throws {TarsEncodeError} */
  encodeFrame(value: T): Uint8Array;
  /** Appends the bytes of `encodeFrame` to a writer; nothing if the value does not fit. @throws {TarsEncodeError} */
  writeFrame(this: void, writer: TarsWriter, value: T): void;
  /** A text that is the same for two values exactly if these fields are equal. @throws {TarsEncodeError} */
  keyOf(value: T, names: readonly (keyof T & string)[]): string;
}

/** All objects of this type have the same properties in the same order: V8 reads them faster than types of many shapes. */
interface NamedField {
  readonly name: string;
  /** Every object inherits a property of this name, such as `constructor`: only an own property counts. */
  readonly inherited: boolean;
  readonly tag: number;
  readonly type: TarsType<unknown>;
  readonly write: (writer: TarsWriter, tag: number, value: unknown) => void;
  readonly read: (reader: TarsReader) => unknown;
  readonly required: boolean;
  readonly fallback: (() => unknown) | undefined;
}

/**
 * Makes the codec of a struct. A struct with vectors or maps of itself gives a function, which gets its own type.
 * @throws {TypeError} for a tag that is not from 0 to 255, or that two fields have.
 */
export function struct<T extends object>(
  name: string,
  fields: Fields<T> | ((self: TarsType<T>) => Fields<T>),
): TarsStruct<T> {
  let table: readonly NamedField[] = [];

  function encodeWith(writer: TarsWriter, value: T, chosen = table): void {
    try {
      writeFields(writer, value, chosen);
    } catch (error) {
      throw locate(error, name);
    }
  }

  const codec: Omit<TarsStruct<T>, 'fields'> = {
    name,
    encode: (value) => encodeAlone((writer) => encodeWith(writer, value)),
    encodeFrame: (value) => encodeAlone((writer) => codec.writeFrame(writer, value)),
    writeFrame(writer, value) {
      const start = writer.beginFrame();
      try {
        encodeWith(writer, value);
      } catch (error) {
        writer.cut(start);
        throw error;
      }
      writer.endFrame(start);
    },
    decode(bytes) {
      try {
        return readFields(new TarsReader(bytes), table) as Decoded<T>;
      } catch (error) {
        throw locate(error, name);
      }
    },
    keyOf(value, names) {
      const chosen: readonly string[] = names;
      const fields = table.filter((field) => chosen.includes(field.name));
      return Buffer.from(encodeAlone((writer) => encodeWith(writer, value, fields))).toString('latin1');
    },
    write(writer, tag, value) {
      writer.beginStruct(tag);
      writeFields(writer, value, table);
      writer.endStruct();
    },
    read(reader) {
      reader.beginStruct();
      const value = readFields(reader, table);
      reader.endStruct();
      return value as Decoded<T>;
    },
    toJson: (value) => structToJson(table, value),
    fromJson: (json, depth = 0) => structFromJson(table, json, depth),
    initial() {
      const value: Record<string, unknown> = {};
      for (const field of table) setOwn(value, field.name, (field.fallback ?? field.type.initial)());
      return value as Decoded<T>;
    },
  };
  const listed = typeof fields === 'function' ? fields(codec) : fields;
  table = toTable(name, listed);
  return { ...codec, fields: listed };
}

/** A longer value is returned without a copy, and gets a new scratch writer. */
const SCRATCH_BYTES = 4 * 1024;

/** The writer for single values, which are then copied in their exact size; undefined while it is in use. */
let scratch: TarsWriter | undefined;

function encodeAlone(write: (writer: TarsWriter) => void): Uint8Array {
  const writer = scratch ?? new TarsWriter(SCRATCH_BYTES);
  scratch = undefined;
  write(writer);
  if (writer.length > SCRATCH_BYTES) return writer.finish();
  const bytes = writer.copy();
  writer.cut(0);
  scratch = writer;
  return bytes;
}

function toTable(struct: string, fields: object): readonly NamedField[] {
  const table = Object.entries(fields as Readonly<Record<string, Field<unknown>>>)
    .map(([name, { tag, type, required, fallback }]): NamedField => ({
      name,
      inherited: name in Object.prototype,
      tag,
      type,
      write: type.write,
      read: type.read,
      required,
      fallback,
    }))
    .sort((one, other) => one.tag - other.tag);
  for (const [index, { name, tag }] of table.entries()) {
    if (!Number.isInteger(tag) || tag < 0 || tag > MAX_TAG)
      throw new TypeError(`${struct}.${name}: a tag is a whole number from 0 to ${MAX_TAG}, not ${tag}`);
    if (tag === table[index - 1]?.tag)
      throw new TypeError(`${struct}.${name}: ${table[index - 1]?.name} has the tag ${tag} too`);
  }
  return table;
}

/** A tag has one byte. */
const MAX_TAG = 255;

function writeFields(writer: TarsWriter, value: object, table: readonly NamedField[]): void {
  if (!hasFields(value)) throw refuse('an object', value);
  let current = '';
  try {
    for (const { name, inherited, tag, write, fallback } of table) {
      current = name;
      const own = !inherited || Object.hasOwn(value, name);
      const given = own ? (value as Record<string, unknown>)[name] : undefined;
      write(writer, tag, given === undefined && fallback !== undefined ? fallback() : given);
    }
  } catch (error) {
    throw locate(error, `.${current}`);
  }
}

/** Whether a value may be a struct. A struct of optional fields would otherwise be written for a list or a map. */
export function hasFields(value: unknown): value is object {
  return (
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    !(value instanceof Map) &&
    !(value instanceof Misfit) &&
    !ArrayBuffer.isView(value)
  );
}

function readFields(reader: TarsReader, table: readonly NamedField[]): object {
  const value: Record<string, unknown> = {};
  let current = '';
  try {
    for (const field of table) {
      current = field.name;
      const given = reader.seek(field.tag) ? field.read(reader) : absent(reader, field);
      if (field.inherited) setOwn(value, current, given);
      else value[current] = given;
    }
  } catch (error) {
    throw locate(error, `.${current}`);
  }
  return value;
}

function absent(reader: TarsReader, field: NamedField): unknown {
  if (field.required) reader.require(field.tag);
  return (field.fallback ?? field.type.initial)();
}
