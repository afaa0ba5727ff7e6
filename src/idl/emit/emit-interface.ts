/** Emits an interface: the table of its functions, a proxy to call it, a servant to implement it. */

import { quote, type EmitContext } from './emit-context.ts';
import { emitDoc, splitDoc, type FunctionDoc } from './emit-doc.ts';
import { emitFunction, emitReturn } from './emit-function.ts';
import { emitObject } from './emit-object.ts';
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
    ...emitObject(context, model, names),
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
  if (context.form === 'javascript') return [];
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
  const isDeclared = context.form === 'declarations';
  const open = isDeclared ? `export declare const ${methods}: {` : `export const ${methods} = {`;
  if (functions.length === 0) return [doc, `${open}};`];
  return [
    doc,
    open,
    ...functions.map(({ func, names, args, result, routeKey }) => {
      const types = [
        args.length > 0 ? names.args : context.use('Nothing'),
        result.length > 0 ? names.result : context.use('Nothing'),
      ];
      if (isDeclared) {
        const start = `${names.method}: ${context.use('Method')}<`;
        return layOut({ bare: true, open: start, items: types, close: '>;' }, 1);
      }
      const items: Code[] = [
        quote(`${model.module}.${model.name}.${func.name}`),
        emitFields(context, args),
        emitFields(context, result),
      ];
      if (routeKey !== undefined) items.push(quote(routeKey));
      const name = `${names.method}: ${context.use('method')}`;
      if (context.form === 'javascript') return layOut({ open: `${name}(`, items, close: '),' }, 1);
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
  const create = emitFunction(context, {
    doc: `/** Makes a proxy that calls through \`caller\`. Calls reject with \`TarsCallError\` or \`TarsEncodeError\`. */`,
    name: names.createProxy,
    parameters: [['caller', context.use('Caller')]],
    returns: names.proxy,
    body: emitReturn(context, 'createProxy', [names.methods, 'caller']),
  });
  return [...emitShapeOfMethods(context, doc, names.proxy, functions, signature), create];
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
  const create = emitFunction(context, {
    doc: '/** Makes the adapter that answers requests by calling the servant; `options.failed` gets its errors. */',
    name: names.createAdapter,
    parameters: [
      ['servant', names.servant],
      ['options?', context.use('AdapterOptions')],
    ],
    returns: context.use('ServantAdapter'),
    body: emitReturn(context, 'createServantAdapter', [names.methods, 'servant', 'options']),
  });
  return [...emitShapeOfMethods(context, doc, names.servant, functions, signature), create];
}

function emitShapeOfMethods(
  context: EmitContext,
  doc: readonly string[],
  name: string,
  functions: readonly Emitted[],
  signature: (emitted: Emitted) => Code,
): string[][] {
  if (context.form === 'javascript') return [];
  if (functions.length === 0) return [[...emitDoc(doc), `export type ${name} = object;`]];
  const methods = functions.flatMap((emitted) => [
    ...emitDoc(emitted.doc.summary, 1),
    layOut(signature(emitted), 1),
  ]);
  return [[...emitDoc(doc), `export interface ${name} {`, ...methods, '}']];
}
