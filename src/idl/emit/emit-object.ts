/** Emits what is known of an interface when its object is given: the object's name, who calls it, who serves it. */

import { quote, type EmitContext } from './emit-context.ts';
import { emitFunction, emitReturn } from './emit-function.ts';
import type { InterfaceNames } from './file-names.ts';
import type { InterfaceModel } from '../check/model.ts';
import { upperFirst } from './names.ts';

/** The blocks of an interface's object; none without an object. */
export function emitObject(context: EmitContext, model: InterfaceModel, names: InterfaceNames): string[][] {
  const object = context.options.objects?.get(`${model.module}.${model.name}`);
  if (object === undefined) return [];
  const base = upperFirst(model.name);
  const take = (name: (base: string) => string): string =>
    context.names.taken.take(name(base), name(`${upperFirst(model.module)}_${base}`));
  const constant = take((of) => `${of}Object`);
  const sign = context.form === 'declarations' ? ':' : ' =';
  const declare = context.form === 'declarations' ? 'declare ' : '';
  return [
    [
      `/** The name of the object that serves \`${model.name}\`. */`,
      `export ${declare}const ${constant}${sign} ${quote(object)};`,
    ],
    ...(context.options.client
      ? [
          emitConnect(
            context,
            names,
            constant,
            take((of) => `connect${of}`),
          ),
        ]
      : []),
    ...(context.options.server
      ? [
          emitServe(
            context,
            names,
            constant,
            take((of) => `serve${of}`),
          ),
        ]
      : []),
  ];
}

function emitConnect(context: EmitContext, names: InterfaceNames, object: string, name: string): string[] {
  const returns = `${context.use('Connected')}<${names.proxy}>`;
  const items = [names.methods, `{ object: ${object}, ...options }`];
  return emitFunction(context, {
    doc: `/** Makes a proxy that calls \`${object}\`, at \`options.endpoint\` or where \`options.locator\` says. */`,
    name,
    parameters: [['options?', context.use('ConnectOptions')]],
    returns,
    body: emitReturn(context, 'connectTars', items),
  });
}

function emitServe(context: EmitContext, names: InterfaceNames, object: string, name: string): string[] {
  const adapter = `${names.createAdapter}(servant, options)`;
  const returns = `Promise<${context.use('ServedTars')}>`;
  const body = emitReturn(context, 'serveTars', [`{ endpoint, servants: { [${object}]: ${adapter} } }`]);
  return emitFunction(context, {
    doc: `/** Serves \`${object}\` at an endpoint, \`tcp -h HOST -p PORT\`; \`options.failed\` gets the servant's errors. */`,
    name,
    parameters: [
      ['endpoint', 'string'],
      ['servant', names.servant],
      ['options?', context.use('AdapterOptions')],
    ],
    returns,
    body,
  });
}
