/** Emits types and values: the TypeScript type, the codec, the literal. */

import { quote, type EmitContext } from './emit-context.ts';
import { call, wrap, type Code } from './layout.ts';
import type { LongMode, StructModel, Type, Value } from '../check/model.ts';
import { toProperty } from './names.ts';
import type { BaseName } from '../syntax/syntax.ts';

const LONG_CODECS: Readonly<Record<LongMode, string>> = {
  number: 't.long',
  string: 't.longString',
  bigint: 't.longBigint',
};

const CODECS: Readonly<Record<Exclude<BaseName, 'long'>, string>> = {
  bool: 't.bool',
  byte: 't.byte',
  short: 't.short',
  int: 't.int',
  'unsigned byte': 't.unsignedByte',
  'unsigned short': 't.unsignedShort',
  'unsigned int': 't.unsignedInt',
  float: 't.float',
  double: 't.double',
  string: 't.string',
};

/** The name of a struct in the list of its own fields, if it contains itself. */
export const SELF = 'self';

/** The TypeScript type of a value. */
export function emitType(context: EmitContext, type: Type): Code {
  switch (type.kind) {
    case 'base':
      return emitBase(context, type.base);
    case 'bytes':
      return 'Uint8Array';
    case 'vector':
      return wrap('', emitType(context, type.item), '[]');
    case 'map':
      return {
        bare: true,
        open: 'Map<',
        items: [emitType(context, type.key), emitType(context, type.value)],
        close: '>',
      };
    case 'struct':
      return context.nameOf(type.struct);
    case 'enum':
      return context.nameOf(type.enum);
  }
}

function emitBase({ options }: EmitContext, base: BaseName): string {
  if (base === 'long') return options.long;
  if (base === 'bool') return 'boolean';
  return base === 'string' ? 'string' : 'number';
}

/** The codec of a type. `inside` is the struct whose fields are being listed. */
export function emitCodec(context: EmitContext, type: Type, inside?: StructModel): Code {
  if (type.kind === 'struct') {
    // The constant of a struct does not exist yet while its own fields are listed.
    return type.struct === inside ? SELF : context.nameOf(type.struct);
  }
  context.use('t');
  switch (type.kind) {
    case 'base':
      return type.base === 'long' ? LONG_CODECS[context.options.long] : CODECS[type.base];
    case 'bytes':
      return 't.bytes';
    case 'vector':
      return call('t.vector', [emitCodec(context, type.item, inside)]);
    case 'map':
      return call('t.map', [emitCodec(context, type.key, inside), emitCodec(context, type.value, inside)]);
    case 'enum':
      return call('t.enum', [context.nameOf(type.enum)]);
  }
}

/** Whether a type contains the struct, in vectors or maps. */
export function holds(type: Type, struct: StructModel): boolean {
  switch (type.kind) {
    case 'vector':
      return holds(type.item, struct);
    case 'map':
      return holds(type.key, struct) || holds(type.value, struct);
    case 'struct':
      return type.struct === struct;
    case 'base':
    case 'bytes':
    case 'enum':
      return false;
  }
}

export function emitValue(context: EmitContext, value: Value): string {
  switch (value.kind) {
    case 'number':
      return emitNumber(value.value);
    case 'long':
      return emitLong(value.value, context.options.long);
    case 'string':
      return quote(value.value);
    case 'boolean':
      return String(value.value);
    case 'enum':
      return `${context.nameOf(value.enum)}.${toProperty(value.member.name)}`;
  }
}

function emitLong(value: bigint, long: LongMode): string {
  if (long === 'bigint') return `${value}n`;
  return long === 'string' ? quote(String(value)) : String(value);
}

/** Without the `+` of an exponent, which the formatter removes. */
function emitNumber(value: number): string {
  if (Object.is(value, -0)) return '-0';
  return String(value).replace('e+', 'e');
}
