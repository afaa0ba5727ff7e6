/** Finds the questions and the webhooks of the settings that name a servant which nobody has defined. */

import type { ConfigProblem } from '../../config/layer/config-error.ts';
import { formatPath, type Path } from '../../config/schema/path.ts';
import type { Settings } from '../../config/schema/settings.ts';

export function findUnknownServants(
  { hooks, webhooks }: Pick<Settings, 'hooks' | 'webhooks'>,
  servants: object,
): ConfigProblem[] {
  const names = Object.keys(servants);
  const known =
    names.length === 0 ? 'a servant: there is none yet' : `one of the servants ${names.join(', ')}`;
  const places: [Path, { readonly servant?: string | undefined }][] = [];
  for (const [kind, asked] of Object.entries(hooks)) {
    const isList = Array.isArray(asked);
    for (const [index, one] of [asked].flat().entries()) {
      if (one !== undefined) places.push([isList ? ['hooks', kind, index] : ['hooks', kind], one]);
    }
  }
  for (const [index, webhook] of webhooks.entries()) places.push([['webhooks', index], webhook]);
  return places.flatMap(([place, { servant }]) => {
    if (servant === undefined || names.includes(servant)) return [];
    return [{ path: formatPath([...place, 'servant']), given: JSON.stringify(servant), allowed: known }];
  });
}
