/** Emits enums, constants, structs and keys: a table, a value, an interface with its codec, a function. */

import { quote, type EmitContext } from './emit-context.ts';
import { emitDoc } from './emit-doc.ts';
import { emitCodec, emitType, emitValue, holds, SELF } from './emit-type.ts';
import { call, layOut, measure, WIDTH, wrap, type Code } from './layout.ts';
import type { ConstModel, EnumModel, FieldModel, KeyModel, StructModel } from '../check/model.ts';
import { NameSet, RESERVED_PROPERTIES, toProperty } from './names.ts';

export function emitEnum(context: EmitContext, model: EnumModel): string[] {
  const name = context.nameOf(model);
  const isDeclared = context.form === 'declarations';
  const members = model.members.flatMap((member) => {
    const entry = `${toProperty(member.name)}: ${member.value}`;
    return [...emitDoc(member.doc, 1), isDeclared ? `  readonly ${entry};` : `  ${entry},`];
  });
  return [
    ...emitDoc(model.doc),
    isDeclared ? `export declare const ${name}: {` : `export const ${name} = {`,
    ...members,
    isDeclared ? '};' : `}${context.typed(' as const')};`,
    ...context.types([`export type ${name} = (typeof ${name})[keyof typeof ${name}];`]),
  ];
}

export function emitConst(context: EmitContext, model: ConstModel): string[] {
  const name = context.nameOf(model);
  const start = context.form === 'declarations' ? `export declare const ${name}:` : `export const ${name} =`;
  const of = context.form === 'declarations' && model.value.kind === 'enum' ? 'typeof ' : '';
  const value = `${of}${emitValue(context, model.value)};`;
  const fits = measure(`${start} ${value}`) <= WIDTH || model.value.kind !== 'string';
  return [...emitDoc(model.doc), ...(fits ? [`${start} ${value}`] : [start, `  ${value}`])];
}

export function emitStruct(context: EmitContext, model: StructModel): string[] {
  const shape = [
    ...emitDoc(model.doc),
    `export interface ${context.nameOf(model)} {`,
    ...nameFields(model).flatMap(([field, property]) => [
      ...emitDoc(field.doc, 1),
      layOut(wrap(`${property}${canBeLeftOut(field) ? '?' : ''}: `, emitType(context, field.type), ';'), 1),
    ]),
    '}',
    '',
  ];
  return [...context.types(shape), ...emitStructCodec(context, model)];
}

function emitStructCodec(context: EmitContext, model: StructModel): string[] {
  const name = context.nameOf(model);
  const doc = `/** Encodes and decodes \`${name}\`. */`;
  if (context.form === 'declarations') {
    return [doc, `export declare const ${name}: ${context.use('TarsStruct')}<${name}>;`];
  }
  const holdsItself = model.fields.some((field) => holds(field.type, model));
  const [open, close] = holdsItself ? [`(${SELF}) => ({`, '}));'] : ['{', '});'];
  const path = quote(`${model.module}.${model.name}`);
  return [
    doc,
    `export const ${name} = ${context.use('struct')}${context.typed(`<${name}>`)}(${path}, ${open}`,
    ...nameFields(model).map(([field, property]) =>
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
  const doc = `/** A text for the key of a \`Map\`: two \`${struct}\` have the same one if their key members are equal. */`;
  if (context.form === 'declarations') {
    return [doc, `export declare function ${name}(value: ${struct}): string;`];
  }
  return [
    doc,
    `export function ${name}(value${context.typed(`: ${struct}`)})${context.typed(': string')} {`,
    layOut({ open: `return ${struct}.keyOf(value, [`, items: members, close: ']);' }, 1),
    '}',
  ];
}
