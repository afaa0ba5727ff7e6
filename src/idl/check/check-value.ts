/** Checks the values of constants, defaults and enum members against their types. */

import type { CheckContext } from './check-context.ts';
import type { Type, Value } from './model.ts';
import type { BaseName, LiteralSyntax } from '../syntax/syntax.ts';

/** The ranges of the integer types except `long`. */
const RANGES: Readonly<Partial<Record<BaseName, readonly [number, number]>>> = {
  byte: [-0x80, 0x7f],
  short: [-0x80_00, 0x7f_ff],
  int: [-0x80_00_00_00, 0x7f_ff_ff_ff],
  'unsigned byte': [0, 0xff],
  'unsigned short': [0, 0xff_ff],
  'unsigned int': [0, 0xff_ff_ff_ff],
};

const FLOAT_MAX = 2 ** 127 * (2 - 2 ** -23);

/** The value of a literal as a type; undefined if it does not fit, which has been reported. */
export function checkValue(context: CheckContext, literal: LiteralSyntax, type: Type): Value | undefined {
  if (type.kind === 'enum') return checkEnumValue(context, literal, type);
  if (type.kind !== 'base') {
    context.report(literal, 'only base types and enums can have a value written here');
    return undefined;
  }
  const { base } = type;
  if (base === 'bool') {
    if (literal.kind === 'boolean') return { kind: 'boolean', value: literal.value };
  } else if (base === 'string') {
    if (literal.kind === 'string') return { kind: 'string', value: literal.value };
  } else if (base === 'float' || base === 'double') {
    return checkFloat(context, literal, base);
  } else {
    return checkInteger(context, literal, base);
  }
  return refuse(context, literal, base === 'bool' ? 'true or false' : 'a "string"', `a ${base}`);
}

function checkEnumValue(
  context: CheckContext,
  literal: LiteralSyntax,
  type: Type & { kind: 'enum' },
): Value | undefined {
  const { name, members, complete } = type.enum;
  if (literal.kind === 'integer') {
    const member = members.find(({ value }) => BigInt(value) === literal.value);
    if (member !== undefined) return { kind: 'enum', enum: type.enum, member };
    if (complete) context.report(literal, `no member of enum ${name} is ${literal.value}`);
    return undefined;
  }
  if (literal.kind !== 'path') return refuse(context, literal, `a member of enum ${name}`, `an ${name}`);
  const found = findMembers(context, literal.path.names).find((candidate) => candidate.enum === type.enum);
  if (found !== undefined) return { kind: 'enum', ...found };
  if (complete) context.report(literal, `'${literal.path.text}' is no member of enum ${name}`);
  return undefined;
}

function checkFloat(context: CheckContext, literal: LiteralSyntax, base: BaseName): Value | undefined {
  if (literal.kind !== 'float' && literal.kind !== 'integer') {
    return refuse(context, literal, 'a number', `a ${base}`);
  }
  const value = Number(literal.value);
  if (base === 'float' && Math.abs(Math.fround(value)) > FLOAT_MAX) {
    context.report(literal, `${value} does not fit a float`);
    return undefined;
  }
  return { kind: 'number', value };
}

function checkInteger(context: CheckContext, literal: LiteralSyntax, base: BaseName): Value | undefined {
  const value = readInteger(context, literal);
  if (value === undefined) return undefined;
  const range = RANGES[base];
  if (range === undefined) return checkLong(context, literal, value);
  if (value >= range[0] && value <= range[1]) return { kind: 'number', value: Number(value) };
  context.report(literal, `${value} does not fit ${article(base)}: it holds ${range[0]} to ${range[1]}`);
  return undefined;
}

/** The whole number of a literal, or of the enum member that it names. */
export function readInteger(context: CheckContext, literal: LiteralSyntax): bigint | undefined {
  if (literal.kind === 'integer') return literal.value;
  if (literal.kind !== 'path') {
    refuse(context, literal, 'a whole number', 'a whole number');
    return undefined;
  }
  const [found] = findMembers(context, literal.path.names);
  if (found !== undefined) return BigInt(found.member.value);
  if (context.complete) {
    context.report(literal, `'${literal.path.text}' is no enum member that is defined above`);
  }
  return undefined;
}

function checkLong(context: CheckContext, literal: LiteralSyntax, value: bigint): Value | undefined {
  if (context.options.long !== 'number' || BigInt.asIntN(54, value) === value) return { kind: 'long', value };
  context.report(
    literal,
    `${value} is past what a number can tell apart: use --long bigint or --long string`,
  );
  return undefined;
}

function findMembers(context: CheckContext, names: readonly { text: string }[]) {
  return context.scope.findMembers(
    names.map(({ text }) => text),
    context.module,
  );
}

function refuse(context: CheckContext, literal: LiteralSyntax, expected: string, of: string): undefined {
  const found = literal.kind === 'path' ? `'${literal.path.text}'` : NAMES[literal.kind];
  context.report(literal, `expected ${expected} as the value of ${of}, found ${found}`);
}

const NAMES = {
  integer: 'a whole number',
  float: 'a number with a fraction',
  string: 'a string',
  boolean: 'true or false',
};

function article(base: BaseName): string {
  return /^[aeiou]/.test(base) ? `an ${base}` : `a ${base}`;
}
