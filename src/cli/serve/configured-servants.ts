/** The servants of the settings: their interfaces are read from .tars files and called without generated code. */

import { ConfigError, type ConfigProblem } from '../../config/layer/config-error.ts';
import type { Settings } from '../../config/schema/settings.ts';
import { InterfaceError, loadInterface } from '../../idl/load-interface.ts';
import { toMethods } from '../../idl/to-methods.ts';
import { EventsMethods } from '../../tars/servants/events.ts';
import { HooksMethods } from '../../tars/servants/hooks.ts';
import type { ServantDefinition, ServantDefinitions } from '../../server/servants/rpc.ts';

/**
 * Reads the interface of each servant.
 * @throws {ConfigError} listing every file that cannot be used.
 */
export async function loadServants(servants: Settings['tars']['servants']): Promise<ServantDefinitions> {
  const problems: ConfigProblem[] = [];
  const loaded = await Promise.all(
    Object.entries(servants).map(
      async ([name, { object, file, interface: named, long, idempotent = [] }]) => {
        try {
          const methods =
            file === undefined || named === undefined
              ? { ...HooksMethods, ...EventsMethods }
              : toMethods(await loadInterface(file, named), long);
          const definition: ServantDefinition = { object, methods, idempotent };
          problems.push(...findUnknown(name, definition));
          return [name, definition] as const;
        } catch (error) {
          if (!(error instanceof InterfaceError)) throw error;
          problems.push({
            path: `tars.servants.${name}`,
            given: JSON.stringify(`${named} of ${file}`),
            allowed: error.message,
          });
          return [];
        }
      },
    ),
  );
  if (problems.length > 0) throw new ConfigError(problems);
  return Object.fromEntries(loaded.filter((entry) => entry.length > 0));
}

function findUnknown(name: string, { methods, idempotent = [] }: ServantDefinition): ConfigProblem[] {
  return idempotent
    .filter((func) => !Object.hasOwn(methods, func))
    .map((func) => ({
      path: `tars.servants.${name}.idempotent`,
      given: JSON.stringify(func),
      allowed: `functions of the interface: ${Object.keys(methods).join(', ')}`,
    }));
}
