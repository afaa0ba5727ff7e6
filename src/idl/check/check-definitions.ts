/** Checks enums, constants, structs and keys, and resolves the names in them. */

import {
  checkDistinct,
  checkName,
  declare,
  resolvePath,
  resolveType,
  type CheckContext,
} from './check-context.ts';
import { checkValue, readInteger } from './check-value.ts';
import type { ConstModel, EnumMember, EnumModel, FieldModel, KeyModel, StructModel } from './model.ts';
import type {
  ConstSyntax,
  EnumMemberSyntax,
  EnumSyntax,
  FieldSyntax,
  KeySyntax,
  StructSyntax,
} from '../syntax/syntax.ts';

const MAX_TAG = 255;
const INT_MIN = -(2n ** 31n);
const INT_MAX = 2n ** 31n - 1n;

export function checkEnum(context: CheckContext, { name, doc, members, complete }: EnumSyntax): EnumModel {
  checkName(context, name);
  if (complete && members.length === 0) context.report(name, `enum ${name.text} has no members`);
  checkDistinct(context, members, 'enum member');
  const { module, file } = context;
  const checked: EnumMember[] = [];
  for (const member of members) {
    checkName(context, member.name);
    checked.push({
      name: member.name.text,
      value: checkMemberValue(context, member, checked),
      doc: member.doc,
    });
  }
  const model: EnumModel = {
    kind: 'enum',
    module,
    file,
    name: name.text,
    span: name,
    doc,
    complete,
    members: checked,
  };
  declare(context, model);
  return model;
}

/** The written number, the value of an earlier member of this enum or one above, or one more than the member before. */
function checkMemberValue(
  context: CheckContext,
  { name, value }: EnumMemberSyntax,
  earlier: readonly EnumMember[],
): number {
  const next = (earlier.at(-1)?.value ?? -1) + 1;
  let number = BigInt(next);
  if (value !== undefined) {
    const own = value.kind === 'path' ? earlier.find((member) => member.name === value.path.text) : undefined;
    const given = own === undefined ? readInteger(context, value) : BigInt(own.value);
    if (given === undefined) return next;
    number = given;
  }
  if (number < INT_MIN || number > INT_MAX) {
    context.report(value ?? name, `${number} does not fit an int, which enum members are`);
    return 0;
  }
  return Number(number);
}

export function checkConst(
  context: CheckContext,
  { name, doc, type, value }: ConstSyntax,
): ConstModel | undefined {
  checkName(context, name);
  const resolved = resolveType(context, type);
  const checked = resolved && checkValue(context, value, resolved);
  if (checked === undefined) return undefined;
  const { module, file } = context;
  const model: ConstModel = { kind: 'const', module, file, name: name.text, span: name, doc, value: checked };
  declare(context, model);
  return model;
}

export function checkStruct(
  context: CheckContext,
  { name, doc, fields, complete }: StructSyntax,
): StructModel {
  checkName(context, name);
  const { module, file } = context;
  const model: StructModel = {
    kind: 'struct',
    module,
    file,
    name: name.text,
    span: name,
    doc,
    complete,
    fields: [],
  };
  // A struct may contain vectors and maps of itself, so it is declared before its members are checked.
  declare(context, model);
  if (complete && fields.length === 0)
    context.report(name, `struct ${name.text} has no members: it needs at least one`);
  checkDistinct(context, fields, 'member');
  const byTag = new Map<bigint, FieldSyntax>();
  for (const field of fields) {
    checkTag(context, field, byTag);
    const checked = checkField(context, field, model);
    if (checked !== undefined) model.fields.push(checked);
  }
  return model;
}

function checkTag(context: CheckContext, field: FieldSyntax, byTag: Map<bigint, FieldSyntax>): void {
  const { tag } = field;
  const other = byTag.get(tag.value);
  if (tag.value < 0 || tag.value > MAX_TAG) {
    context.report(tag, `tag ${tag.value} is out of range: tags are 0 to ${MAX_TAG}`);
  } else if (other !== undefined) {
    context.report(tag, `tag ${tag.value} is taken by member ${other.name.text}`);
  } else {
    byTag.set(tag.value, field);
  }
}

function checkField(context: CheckContext, field: FieldSyntax, struct: StructModel): FieldModel | undefined {
  const { name, tag, required, doc, initial } = field;
  checkName(context, name);
  const type = resolveType(context, field.type);
  if (type?.kind === 'struct' && type.struct === struct) {
    context.report(field.type, `struct ${struct.name} cannot hold itself; a vector of it can be a member`);
    return undefined;
  }
  const value = type && initial && checkValue(context, initial, type);
  if (type === undefined) return undefined;
  return {
    name: name.text,
    tag: Number(tag.value),
    required,
    type,
    doc,
    ...(value === undefined ? {} : { initial: value }),
  };
}

export function checkKey(context: CheckContext, { struct, members }: KeySyntax): KeyModel | undefined {
  const type = resolvePath(context, struct);
  if (type === undefined) return undefined;
  if (type.kind !== 'struct') {
    context.report(struct, `'${struct.text}' is no struct: only structs have keys`);
    return undefined;
  }
  if (context.file.definitions.some((other) => other.kind === 'key' && other.struct === type.struct)) {
    context.report(struct, `the key of '${struct.text}' is already defined`);
  }
  checkDistinct(
    context,
    members.map((name) => ({ name })),
    'key member',
  );
  for (const member of members) {
    const found = type.struct.fields.some(({ name }) => name === member.text);
    if (!found && type.struct.complete) {
      context.report(member, `'${member.text}' is no member of struct ${type.struct.name}`);
    }
  }
  return { kind: 'key', struct: type.struct, members: members.map(({ text }) => text) };
}
