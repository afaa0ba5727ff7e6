/** A copy of the settings that may be printed. */

import { FIELDS } from './schema/fields.ts';
import { SECRET_MASK } from './layer/given.ts';
import { setAt, valueAt } from './schema/path.ts';
import type { Settings } from './schema/settings.ts';

/** Copies the settings with `(set)` in the place of each secret that is set. */
export function maskSettings(settings: Settings): unknown {
  const masked = {};
  for (const field of FIELDS) {
    const value = valueAt(settings, field.keys);
    if (value !== undefined) setAt(masked, field.keys, field.secret ? SECRET_MASK : value);
  }
  return masked;
}
