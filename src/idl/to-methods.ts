/** Makes the functions of an interface callable without generated code, for servants from the settings. */

import { method, type Method } from '../tars/calls/method.ts';
import type { Methods } from '../tars/calls/proxy.ts';
import { optional, required, struct, type Field } from '../tars/wire/struct.ts';
import type { TarsType } from '../tars/wire/tars-type.ts';
import { longOf } from '../tars/wire/scalar-types.ts';
import { t } from '../tars/wire/types.ts';
import type { FieldModel, FunctionModel, InterfaceModel, StructModel, Type, Value } from './check/model.ts';
import type { BaseName } from './syntax/syntax.ts';

type AnyType = TarsType<unknown>;
type AnyField = Field<unknown>;

/**
 * The functions of an interface as in generated code; a `long` is a bigint.
 * @param longForm How JSON writes a `long` beyond ±(2^53 − 1). Default: as a string of its digits.
 */
export function toMethods(model: InterfaceModel, longForm: LongForm = 'string'): Methods {
  const long = longOf(longForm);
  const structs = new Map<StructModel, AnyType>();

  function toStruct(of: StructModel): AnyType {
    const known = structs.get(of);
    if (known !== undefined) return known;
    return struct<object>(`${of.module}.${of.name}`, (self) => {
      // Before its fields, which may be vectors of it.
      structs.set(of, self);
      return Object.fromEntries(of.fields.map((field) => [field.name, toField(field)]));
    });
  }

  function toField({ tag, type, required: isRequired, initial }: FieldModel): AnyField {
    const make = isRequired ? required : optional;
    return make(tag, toType(type), initial === undefined ? undefined : toValue(initial));
  }

  function toType(type: Type): AnyType {
    switch (type.kind) {
      case 'base':
        return type.base === 'long' ? long : BASE_TYPES[type.base];
      case 'bytes':
        return t.bytes;
      case 'enum':
        return t.enum(Object.fromEntries(type.enum.members.map(({ name, value }) => [name, value])));
      case 'struct':
        return toStruct(type.struct);
      case 'vector':
        return t.vector(toType(type.item));
      case 'map':
        return t.map(toType(type.key), toType(type.value));
    }
  }

  function toMethod({ name, returns, parameters }: FunctionModel): Method<object, object> {
    const fieldsOf = (out: boolean): Record<string, AnyField> =>
      Object.fromEntries(
        parameters
          .filter((parameter) => parameter.out === out)
          .map((parameter) => [parameter.name, required(parameter.tag, toType(parameter.type))]),
      );
    const result = returns === undefined ? {} : { ret: required(0, toType(returns)) };
    const routeKey = parameters.find((parameter) => parameter.routeKey)?.name;
    return method<object, object>(
      `${model.module}.${model.name}.${name}`,
      fieldsOf(false),
      { ...result, ...fieldsOf(true) },
      routeKey as never,
    );
  }

  return Object.fromEntries(model.functions.map((one) => [one.name, toMethod(one)]));
}

/** What JSON has for a `long` that a JavaScript number cannot hold exactly. */
export type LongForm = 'string' | 'number';

const BASE_TYPES: Readonly<Record<Exclude<BaseName, 'long'>, AnyType>> = {
  bool: t.bool,
  byte: t.byte,
  short: t.short,
  int: t.int,
  float: t.float,
  double: t.double,
  string: t.string,
  'unsigned byte': t.unsignedByte,
  'unsigned short': t.unsignedShort,
  'unsigned int': t.unsignedInt,
};

function toValue(value: Value): unknown {
  switch (value.kind) {
    case 'number':
    case 'string':
    case 'boolean':
    case 'long':
      return value.value;
    case 'enum':
      return value.member.value;
  }
}
