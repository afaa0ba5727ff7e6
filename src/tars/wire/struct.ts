/** Structs: a table of fields by name, written and read by rising tags. The arguments of a call are fields as well. */

import { structFromJson, structToJson } from './json.ts';
import { TarsReader } from './reader.ts';
import { describeValue } from './scalar-types.ts';
import type { Decoded, TarsType } from './tars-type.ts';
import { TarsEncodeError, locate } from './wire-errors.ts';
import { TarsWriter } from './writer.ts';

/** One field: its tag, its type, and what it is when it is not there. */
export interface Field<T> {
  readonly tag: number;
  readonly type: TarsType<T>;
  /** Bytes without this field are refused. */
  readonly required: boolean;
  /** Written in place of a value that is left out; without it the value cannot be left out. */
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
 * A field that may be missing in bytes and in the value: it is then its default, or its type's own. It is always
 * written, as the reference generator's JavaScript does.
 */
export function optional<T>(tag: number, type: TarsType<T>, fallback?: Decoded<T>): Field<T> {
  return { tag, type, required: false, fallback: fallback === undefined ? type.initial : () => fallback };
}

/** The codec of a struct, and its type inside other types. */
export interface TarsStruct<T> extends TarsType<T> {
  /** `Module.Name`, the beginning of the paths in errors. */
  readonly name: string;
  /** Its fields by name. */
  readonly fields: Readonly<Record<string, Field<unknown>>>;
  /** The fields alone, as in the body of a call. @throws {TarsEncodeError} */
  encode(value: T): Uint8Array;
  /** Unknown tags are skipped. @throws {TarsDecodeError} */
  decode(bytes: Uint8Array): Decoded<T>;
  /** As `encode`, with the whole length in four bytes in front. @throws {TarsEncodeError} */
  encodeFrame(value: T): Uint8Array;
  /** Writes what `encodeFrame` gives behind what a writer has; of a value that does not fit, nothing. @throws {TarsEncodeError} */
  writeFrame(this: void, writer: TarsWriter, value: T): void;
  /** A text that two values share exactly when these fields of theirs are equal. @throws {TarsEncodeError} */
  keyOf(value: T, names: readonly (keyof T & string)[]): string;
}

/** All of them have the same properties in the same order: types are of many shapes, and this is of one. */
interface NamedField {
  readonly name: string;
  /** Every object has something of this name, as `constructor`: only its own counts. */
  readonly inherited: boolean;
  readonly tag: number;
  readonly type: TarsType<unknown>;
  readonly write: (writer: TarsWriter, tag: number, value: unknown) => void;
  readonly read: (reader: TarsReader) => unknown;
  readonly required: boolean;
  readonly fallback: (() => unknown) | undefined;
}

/** Makes the codec of a struct. One that holds vectors or maps of itself gets its own type to list its fields with. */
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
    fromJson: (json) => structFromJson(table, json),
    initial() {
      const value: Record<string, unknown> = {};
      for (const field of table) value[field.name] = (field.fallback ?? field.type.initial)();
      return value as Decoded<T>;
    },
  };
  const listed = typeof fields === 'function' ? fields(codec) : fields;
  table = toTable(listed);
  return { ...codec, fields: listed };
}

/** A longer value keeps the memory that it was written to. */
const SCRATCH_BYTES = 4 * 1024;

/** Where values are written, to be copied out in as many bytes as they take; taken while one is being written. */
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

function toTable(fields: object): readonly NamedField[] {
  return Object.entries(fields as Readonly<Record<string, Field<unknown>>>)
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
}

function writeFields(writer: TarsWriter, value: object, table: readonly NamedField[]): void {
  if (typeof value !== 'object' || value === null) {
    throw new TarsEncodeError(`expected an object, got ${describeValue(value)}`);
  }
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

function readFields(reader: TarsReader, table: readonly NamedField[]): object {
  const value: Record<string, unknown> = {};
  let current = '';
  try {
    for (const field of table) {
      current = field.name;
      if (reader.seek(field.tag)) value[current] = field.read(reader);
      else value[current] = absent(reader, field);
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
