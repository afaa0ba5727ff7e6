/** What a setting's schema cannot say by itself: its unit, its flag, whether it is a secret. It knows no setting. */

import * as z from 'zod';

export interface FieldNotes {
  /** What a number counts, as a plural: `bytes`, `seconds`. */
  readonly unit?: string;
  /** The flag that sets it, as the command line writes it: `--port <number>`. */
  readonly flag?: string;
  /** Its value is never printed, neither in problems nor by `statecast config`. */
  readonly secret?: true;
  /** The allowed values in words, where the schema's own limits do not tell all. */
  readonly allowed?: string;
}

/** The notes on schemas. A schema's methods copy it, so `.register(fieldNotes, …)` comes last. */
export const fieldNotes = z.registry<FieldNotes>();
