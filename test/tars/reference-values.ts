/** Converts our values into values of the reference library and back, by the types of a checked .tars file. */

import TarsStream from '@tars/stream';
import type { StructModel, Type } from '../../src/idl/check/model.ts';
import type { ReferenceBuffer, ReferenceClass, ReferenceStruct, Stub } from './platform-files.ts';

/** The part of the reference library that is used here. */
interface ReferenceLibrary {
  readonly [type: string]: unknown;
  readonly BinBuffer: new (bytes?: Buffer) => ReferenceBuffer;
  readonly TarsInputStream: new (bytes: ReferenceBuffer) => unknown;
  List(item: unknown): { value: unknown[]; push(item: unknown): void };
  Map(key: unknown, value: unknown): ReferenceMap;
}

interface ReferenceMap {
  insert(key: unknown, value: unknown): void;
  forEach(callback: (key: unknown, value: unknown) => void): void;
}

const reference = TarsStream as unknown as ReferenceLibrary;

const BASES = {
  bool: 'Boolean',
  byte: 'Int8',
  short: 'Int16',
  int: 'Int32',
  long: 'Int64',
  'unsigned byte': 'UInt8',
  'unsigned short': 'UInt16',
  'unsigned int': 'UInt32',
  float: 'Float',
  double: 'Double',
  string: 'String',
} as const;

type Plain = Record<string, unknown>;

/** Converts for the structs of a file's stubs. */
export class ReferenceValues {
  readonly #stubs: readonly Stub[];

  constructor(stubs: readonly Stub[]) {
    this.#stubs = stubs;
  }

  classOf({ module, name }: StructModel): ReferenceClass {
    const found = this.#stubs.map((stub) => stub[module]?.[name]).find((type) => type !== undefined);
    if (found === undefined) throw new Error(`no stub has ${module}.${name}`);
    return found;
  }

  encode(struct: StructModel, value: unknown): Buffer {
    return (this.toReference({ kind: 'struct', struct }, value) as ReferenceStruct)
      .toBinBuffer()
      .toNodeBuffer();
  }

  decode(struct: StructModel, bytes: Uint8Array): unknown {
    const input = new reference.TarsInputStream(new reference.BinBuffer(Buffer.from(bytes)));
    return this.fromReference({ kind: 'struct', struct }, this.classOf(struct).create(input));
  }

  toReference(type: Type, value: unknown): unknown {
    switch (type.kind) {
      case 'base':
      case 'enum':
        return value;
      case 'bytes': {
        const buffer = new reference.BinBuffer();
        buffer.writeNodeBuffer(Buffer.from(value as Uint8Array));
        return buffer;
      }
      case 'vector': {
        const list = reference.List(this.toReferenceType(type.item));
        for (const item of value as unknown[]) list.push(this.toReference(type.item, item));
        return list;
      }
      case 'map': {
        const map = reference.Map(this.toReferenceType(type.key), this.toReferenceType(type.value));
        for (const [key, item] of value as Map<unknown, unknown>) {
          map.insert(this.toReference(type.key, key), this.toReference(type.value, item));
        }
        return map;
      }
      case 'struct': {
        const struct = new (this.classOf(type.struct))();
        for (const field of type.struct.fields) {
          struct[field.name] = this.toReference(field.type, (value as Plain)[field.name]);
        }
        return struct;
      }
    }
  }

  fromReference(type: Type, value: unknown): unknown {
    switch (type.kind) {
      case 'base':
      case 'enum':
        // Some stubs return texts as bytes.
        return Buffer.isBuffer(value) ? value.toString() : value;
      case 'bytes':
        return new Uint8Array((value as ReferenceBuffer).toNodeBuffer());
      case 'vector':
        return (value as { value: unknown[] }).value.map((item) => this.fromReference(type.item, item));
      case 'map': {
        const map = new Map<unknown, unknown>();
        (value as ReferenceMap).forEach((key, item) => {
          map.set(this.fromReference(type.key, key), this.fromReference(type.value, item));
        });
        return map;
      }
      case 'struct':
        return Object.fromEntries(
          type.struct.fields.map((field) => [
            field.name,
            this.fromReference(field.type, (value as Plain)[field.name]),
          ]),
        );
    }
  }

  /** The object of the reference library for a type. */
  toReferenceType(type: Type): unknown {
    switch (type.kind) {
      case 'base':
        return reference[BASES[type.base]];
      case 'enum':
        return reference['Enum'];
      case 'bytes':
        return reference.BinBuffer;
      case 'vector':
        return reference.List(this.toReferenceType(type.item));
      case 'map':
        return reference.Map(this.toReferenceType(type.key), this.toReferenceType(type.value));
      case 'struct':
        return this.classOf(type.struct);
    }
  }
}
