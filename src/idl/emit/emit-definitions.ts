/** Emits enums, constants, structs and keys as TypeScript: a table, a value, an interface with its codec, a function. */

import { quote, type EmitContext } from './emit-context.ts';
import { emitDoc } from './emit-doc.ts';
import { emitCodec, emitType, emitValue, holds, SELF } from './emit-type.ts';
import { call, layOut, measure, WIDTH, wrap, type Code } from './layout.ts';
import type { ConstModel, EnumModel, FieldModel, KeyModel, StructModel } from '../check/model.ts';
import { NameSet, RESERVED_PROPERTIES, toProperty } from './names.ts';

export function emitEnum(context: EmitContext, model: EnumModel): string[] {
  const name = context.nameOf(model);
  const members = model.members.flatMap((member) => [
    ...emitDoc(member.doc, 1),
    `  ${toProperty(member.name)}: ${member.value},`,
  ]);
  return [
    ...emitDoc(model.doc),
    `export const ${name} = {`,
    ...members,
    '} as const;',
    `export type ${name} = (typeof ${name})[keyof typeof ${name}];`,
  ];
}

export function emitConst(context: EmitContext, model: ConstModel): string[] {
  const start = `export const ${context.nameOf(model)} =`;
  const value = `${emitValue(context, model.value)};`;
  const fits = measure(`${start} ${value}`) <= WIDTH || model.value.kind !== 'string';
  return [...emitDoc(model.doc), ...(fits ? [`${start} ${value}`] : [start, `  ${value}`])];
}

export function emitStruct(context: EmitContext, model: StructModel): string[] {
  const name = context.nameOf(model);
  const fields = nameFields(model);
  const holdsItself = model.fields.some((field) => holds(field.type, model));
  const [open, close] = holdsItself ? [`(${SELF}) => ({`, '}));'] : ['{', '});'];
  const path = quote(`${model.module}.${model.name}`);
  return [
    ...emitDoc(model.doc),
    `export interface ${name} {`,
    ...fields.flatMap(([field, property]) => [
      ...emitDoc(field.doc, 1),
      layOut(wrap(`${property}${canBeLeftOut(field) ? '?' : ''}: `, emitType(context, field.type), ';'), 1),
    ]),
    '}',
    '',
    `/** Encodes and decodes \`${name}\`. */`,
    `export const ${name} = ${context.use('struct')}<${name}>(${path}, ${open}`,
    ...fields.map(([field, property]) =>
      layOut(wrap(`${property}: `, emitField(context, field, model), ','), 1),
    ),
    close,
  ];
}

/** The fields of a struct with their property names, in the order of the file. */
function nameFields({ fields }: StructModel): (readonly [FieldModel, string])[] {
  const names = new NameSet(RESERVED_PROPERTIES);
  return fields.map((field) => [field, names.take(field.name)] as const);
}

function canBeLeftOut({ required, initial }: FieldModel): boolean {
  return !required || initial !== undefined;
}

function emitField(context: EmitContext, field: FieldModel, struct: StructModel): Code {
  const { tag, type, initial } = field;
  const items: Code[] = [String(tag), emitCodec(context, type, struct)];
  if (initial !== undefined) items.push(emitValue(context, initial));
  return call(context.use(field.required ? 'required' : 'optional'), items);
}

export function emitKey(context: EmitContext, model: KeyModel): string[] {
  const name = context.names.keys.get(model)!;
  const struct = context.nameOf(model.struct);
  const properties = new Map(nameFields(model.struct).map(([field, property]) => [field.name, property]));
  const members = model.members.map((member) => quote(properties.get(member) ?? member));
  return [
    `/** A text for the key of a \`Map\`: two \`${struct}\` have the same one if their key members are equal. */`,
    `export function ${name}(value: ${struct}): string {`,
    layOut({ open: `return ${struct}.keyOf(value, [`, items: members, close: ']);' }, 1),
    '}',
  ];
}
