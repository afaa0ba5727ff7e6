/** Emits an interface as TypeScript: the table of its functions, a proxy to call it, a servant to implement it. */

import { quote, type EmitContext } from './emit-context.ts';
import { emitDoc, splitDoc, type FunctionDoc } from './emit-doc.ts';
import { emitCodec, emitType } from './emit-type.ts';
import type { FunctionNames, InterfaceNames } from './file-names.ts';
import { braces, call, layOut, layOutGenericCall, wrap, type Code } from './layout.ts';
import type { FunctionModel, InterfaceModel, ParameterModel, Type } from '../check/model.ts';
import { NameSet, RESERVED_PROPERTIES } from './names.ts';

/** A parameter or the return value, as a property of the arguments or the result. */
interface Property {
  readonly name: string;
  readonly tag: number;
  readonly type: Type;
  readonly doc: readonly string[];
}

/** A function with everything that is needed to emit it. */
interface Emitted {
  readonly func: FunctionModel;
  readonly names: FunctionNames;
  readonly doc: FunctionDoc;
  readonly args: readonly Property[];
  readonly result: readonly Property[];
  readonly routeKey?: string;
}

/** The blocks of an interface; an empty line separates them. */
export function emitInterface(context: EmitContext, model: InterfaceModel): string[][] {
  const names = context.names.interfaces.get(model)!;
  const functions = model.functions.map((func) => prepare(func, names.functions.get(func)!));
  return [
    ...functions.flatMap((emitted) => emitProperties(context, model, emitted)),
    emitMethods(context, model, names, functions),
    ...(context.options.client ? emitProxy(context, model, names, functions) : []),
    ...(context.options.server ? emitServant(context, model, names, functions) : []),
  ];
}

function prepare(func: FunctionModel, names: FunctionNames): Emitted {
  const doc = splitDoc(func.doc, new Set(func.parameters.map(({ name }) => name)));
  const inNames = new NameSet(RESERVED_PROPERTIES);
  const outNames = new NameSet([...RESERVED_PROPERTIES, 'ret']);
  const toProperty = ({ name, tag, type, out }: ParameterModel): Property => ({
    name: (out ? outNames : inNames).take(name),
    tag,
    type,
    doc: doc.parameters.get(name) ?? [],
  });
  const ins = func.parameters.filter(({ out }) => !out);
  const args = ins.map(toProperty);
  const outs = func.parameters.filter(({ out }) => out).map(toProperty);
  const ret = func.returns && { name: 'ret', tag: 0, type: func.returns, doc: doc.returns };
  const routeKey = args[ins.findIndex((parameter) => parameter.routeKey)]?.name;
  return {
    func,
    names,
    doc,
    args,
    result: ret === undefined ? outs : [ret, ...outs],
    ...(routeKey === undefined ? {} : { routeKey }),
  };
}

function emitProperties(context: EmitContext, model: InterfaceModel, emitted: Emitted): string[][] {
  const { func, names, args, result } = emitted;
  const path = `\`${model.name}.${func.name}\``;
  const blocks: string[][] = [];
  if (args.length > 0) blocks.push(emitShape(context, names.args, `The arguments of ${path}.`, args));
  if (result.length > 0) blocks.push(emitShape(context, names.result, `The result of ${path}.`, result));
  return blocks;
}

function emitShape(
  context: EmitContext,
  name: string,
  doc: string,
  properties: readonly Property[],
): string[] {
  return [
    `/** ${doc} */`,
    `export interface ${name} {`,
    ...properties.flatMap((property) => [
      ...emitDoc(property.doc, 1),
      layOut(wrap(`${property.name}: `, emitType(context, property.type), ';'), 1),
    ]),
    '}',
  ];
}

function emitMethods(
  context: EmitContext,
  model: InterfaceModel,
  { methods }: InterfaceNames,
  functions: readonly Emitted[],
): string[] {
  const doc = `/** The functions of \`${model.name}\` with the types of their parameters. */`;
  if (functions.length === 0) return [doc, `export const ${methods} = {};`];
  return [
    doc,
    `export const ${methods} = {`,
    ...functions.map(({ func, names, args, result, routeKey }) => {
      const types = [
        args.length > 0 ? names.args : context.use('Nothing'),
        result.length > 0 ? names.result : context.use('Nothing'),
      ];
      const items: Code[] = [
        quote(`${model.module}.${model.name}.${func.name}`),
        emitFields(context, args),
        emitFields(context, result),
      ];
      if (routeKey !== undefined) items.push(quote(routeKey));
      const name = `${names.method}: ${context.use('method')}`;
      return layOutGenericCall(name, types, { open: '(', items, close: '),' }, 1);
    }),
    '};',
  ];
}

function emitFields(context: EmitContext, properties: readonly Property[]): Code {
  return braces(
    properties.map(({ name, tag, type }) =>
      wrap(`${name}: `, call(context.use('required'), [String(tag), emitCodec(context, type)]), ''),
    ),
  );
}

function emitProxy(
  context: EmitContext,
  { doc }: InterfaceModel,
  names: InterfaceNames,
  functions: readonly Emitted[],
): string[][] {
  const signature = ({ names, args, result }: Emitted): Code => ({
    open: `${names.method}(`,
    items: [...(args.length > 0 ? [`args: ${names.args}`] : []), `options?: ${context.use('CallOptions')}`],
    close: `): Promise<${result.length > 0 ? `${context.use('Decoded')}<${names.result}>` : 'void'}>;`,
  });
  return [
    emitShapeOfMethods(doc, names.proxy, functions, signature),
    [
      `/** Makes a proxy that calls through \`caller\`. Calls reject with \`TarsCallError\` or \`TarsEncodeError\`. */`,
      `export function ${names.createProxy}(caller: ${context.use('Caller')}): ${names.proxy} {`,
      `  return ${context.use('createProxy')}(${names.methods}, caller);`,
      '}',
    ],
  ];
}

function emitServant(
  context: EmitContext,
  { doc }: InterfaceModel,
  names: InterfaceNames,
  functions: readonly Emitted[],
): string[][] {
  const signature = ({ names, args, result }: Emitted): Code => ({
    open: `${names.method}(`,
    items: [
      ...(args.length > 0 ? [`args: ${context.use('Decoded')}<${names.args}>`] : []),
      `call: ${context.use('ServantCall')}`,
    ],
    close: `): Promise<${result.length > 0 ? names.result : 'void'}>;`,
  });
  return [
    emitShapeOfMethods(doc, names.servant, functions, signature),
    [
      '/** Makes the adapter that answers requests by calling the servant; `options.failed` gets its errors. */',
      layOut({
        open: `export function ${names.createAdapter}(`,
        items: [`servant: ${names.servant}`, `options?: ${context.use('AdapterOptions')}`],
        close: `): ${context.use('ServantAdapter')} {`,
      }),
      `  return ${context.use('createServantAdapter')}(${names.methods}, servant, options);`,
      '}',
    ],
  ];
}

function emitShapeOfMethods(
  doc: readonly string[],
  name: string,
  functions: readonly Emitted[],
  signature: (emitted: Emitted) => Code,
): string[] {
  if (functions.length === 0) return [...emitDoc(doc), `export type ${name} = object;`];
  return [
    ...emitDoc(doc),
    `export interface ${name} {`,
    ...functions.flatMap((emitted) => [...emitDoc(emitted.doc.summary, 1), layOut(signature(emitted), 1)]),
    '}',
  ];
}
