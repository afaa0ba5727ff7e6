/** Finds the questions of the settings that name a servant which nobody has defined. */

import type { ConfigProblem } from '../../config/layer/config-error.ts';
import type { Settings } from '../../config/schema/settings.ts';

export function findUnknownServants(hooks: Settings['hooks'], servants: object): ConfigProblem[] {
  const names = Object.keys(servants);
  return Object.entries(hooks).flatMap(([kind, asked]) => {
    const list = [asked].flat().filter((one) => one !== undefined);
    return list.flatMap((one, index): ConfigProblem[] => {
      const { servant } = one;
      if (servant === undefined || names.includes(servant)) return [];
      const place = Array.isArray(asked) ? `hooks.${kind}[${index}].servant` : `hooks.${kind}.servant`;
      const known =
        names.length === 0 ? 'a servant: there is none yet' : `one of the servants ${names.join(', ')}`;
      return [{ path: place, given: JSON.stringify(servant), allowed: known }];
    });
  });
}
