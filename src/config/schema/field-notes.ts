/** Notes on a setting that its Zod schema cannot hold: its unit, its flag, whether it is a secret. */

import * as z from 'zod';

export interface FieldNotes {
  /** The unit of a number, as a plural: `bytes`, `seconds`. */
  readonly unit?: string;
  /** The flag that sets it, as commander declares it: `--port <number>`. */
  readonly flag?: string;
  /** The value is never printed, neither in problems nor by `statecast config`. */
  readonly secret?: true;
  /** It is one setting, given as JSON, although it has parts. */
  readonly whole?: true;
  /** The allowed values in words, where the limits of the schema do not say everything. */
  readonly allowed?: string;
}

/** The notes on schemas. A schema's methods copy it, so `.register(fieldNotes, …)` comes last. */
export const fieldNotes = z.registry<FieldNotes>();
