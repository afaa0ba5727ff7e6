/** A copy of the settings that may be printed. */

import { FIELDS } from './fields.ts';
import { SECRET_MASK } from './given.ts';
import { setAt, valueAt } from './path.ts';
import type { Settings } from './settings.ts';

/** Copies the settings with `(set)` in the place of each secret that is set. */
export function maskSettings(settings: Settings): unknown {
  const masked = {};
  for (const field of FIELDS) {
    const value = valueAt(settings, field.keys);
    if (value !== undefined) setAt(masked, field.keys, field.secret ? SECRET_MASK : value);
  }
  return masked;
}
