/** Checks interfaces and their functions, and assigns tags to the parameters. */

import { checkDistinct, checkName, declare, resolveType, type CheckContext } from './check-context.ts';
import type { FunctionModel, InterfaceModel, ParameterModel } from './model.ts';
import type { FunctionSyntax, InterfaceSyntax, ParameterSyntax } from '../syntax/syntax.ts';

/** Tags are bytes, and tag 0 is the return value. */
const MAX_PARAMETERS = 255;

/** The platform calls this function of every servant; the adapter answers it. */
const PING = 'tars_ping';

export function checkInterface(context: CheckContext, syntax: InterfaceSyntax): InterfaceModel {
  const { name, doc } = syntax;
  checkName(context, name);
  if (name.text === context.module) {
    context.report(name, `interface ${name.text} has the name of its module, which it must not`);
  }
  checkDistinct(context, syntax.functions, 'function');
  const functions = syntax.functions.map((func) => checkFunction(context, func));
  const { module, file } = context;
  const model: InterfaceModel = {
    kind: 'interface',
    module,
    file,
    name: name.text,
    span: name,
    doc,
    functions,
  };
  declare(context, model);
  return model;
}

function checkFunction(
  context: CheckContext,
  { name, doc, returns, parameters }: FunctionSyntax,
): FunctionModel {
  if (name.text === PING) context.report(name, `'${PING}' is the platform's own function`);
  const type = returns && resolveType(context, returns);
  checkDistinct(context, parameters, 'parameter');
  const excess = parameters[MAX_PARAMETERS];
  if (excess !== undefined) {
    context.report(excess.name, `function ${name.text} has more than ${MAX_PARAMETERS} parameters`);
  }
  const checked = parameters.flatMap((parameter, index) =>
    checkParameter(context, parameter, index + 1, name.text),
  );
  checkRouteKeys(context, parameters);
  return { name: name.text, doc, parameters: checked, ...(type === undefined ? {} : { returns: type }) };
}

function checkParameter(
  context: CheckContext,
  { out, routeKey, name, type }: ParameterSyntax,
  tag: number,
  func: string,
): ParameterModel[] {
  checkName(context, name);
  if (name.text === func) context.report(name, `parameter '${name.text}' has the name of its function`);
  const resolved = resolveType(context, type);
  if (resolved === undefined) return [];
  if (routeKey && resolved.kind !== 'base' && resolved.kind !== 'enum') {
    context.report(type, 'a routekey is of a base type or an enum');
  }
  return [{ name: name.text, tag, out, routeKey, type: resolved }];
}

function checkRouteKeys(context: CheckContext, parameters: readonly ParameterSyntax[]): void {
  const [, second] = parameters.filter(({ routeKey }) => routeKey);
  if (second !== undefined) context.report(second.name, 'a function has one routekey at most');
}
